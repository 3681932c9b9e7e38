//! A type as the codec sees it: one list of fields, or several behind tags.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Attribute, Data, DeriveInput, Error, Fields, Ident, LitInt, Type};

/// What a type consists of.
pub(crate) enum Shape<'a> {
    Struct(&'a Fields),
    Union(Vec<Variant<'a>>),
}

/// One variant of a union.
pub(crate) struct Variant<'a> {
    tag: u8,
    name: &'a Ident,
    fields: &'a Fields,
}

impl<'a> Shape<'a> {
    pub(crate) fn of(input: &'a DeriveInput) -> Result<Self, Error> {
        match &input.data {
            Data::Struct(data) => Ok(Self::Struct(&data.fields)),
            Data::Enum(data) => {
                let mut variants = Vec::<Variant<'a>>::new();
                for variant in &data.variants {
                    let tag = tag_of(&variant.attrs, variant.ident.span())?;
                    if variants.iter().any(|other| other.tag == tag) {
                        return Err(Error::new_spanned(
                            variant,
                            "two variants have the same tag",
                        ));
                    }
                    variants.push(Variant {
                        tag,
                        name: &variant.ident,
                        fields: &variant.fields,
                    });
                }
                Ok(Self::Union(variants))
            }
            Data::Union(_) => Err(Error::new_spanned(input, "unions have no tag; use an enum")),
        }
    }

    pub(crate) fn encode_body(&self) -> TokenStream {
        match self {
            Self::Struct(fields) => {
                let names = members(fields);
                quote! { #( ::spacemesh_codec::Encode::encode_to(&self.#names, __out); )* }
            }
            Self::Union(variants) => {
                let arms = variants.iter().map(|variant| {
                    let (tag, name) = (variant.tag, variant.name);
                    let bound = bindings(variant.fields);
                    let members = members(variant.fields);
                    quote! {
                        Self::#name { #( #members: #bound ),* } => {
                            ::spacemesh_codec::Output::write(__out, &[#tag]);
                            #( ::spacemesh_codec::Encode::encode_to(#bound, __out); )*
                        }
                    }
                });
                quote! { match self { #( #arms )* } }
            }
        }
    }

    pub(crate) fn decode_body(&self, type_name: &str) -> TokenStream {
        match self {
            Self::Struct(fields) => {
                let value = decode_fields(fields, type_name);
                quote! { ::core::result::Result::Ok(Self #value) }
            }
            Self::Union(variants) => {
                let arms = variants.iter().map(|variant| {
                    let (tag, name) = (variant.tag, variant.name);
                    let value = decode_fields(variant.fields, &format!("{type_name}::{name}"));
                    quote! { #tag => ::core::result::Result::Ok(Self::#name #value), }
                });
                quote! {
                    let __start = __input.offset();
                    match __input.byte()? {
                        #( #arms )*
                        tag => ::core::result::Result::Err(::spacemesh_codec::DecodeError::new(
                            __start,
                            ::spacemesh_codec::DecodeErrorKind::UnknownTag { tag },
                        )),
                    }
                }
            }
        }
    }

    /// Sum of the fields; for a union one byte, which every variant has.
    pub(crate) fn size_min(&self) -> TokenStream {
        match self {
            Self::Struct(fields) => {
                let types = types(fields);
                quote! { 0 #( + <#types as ::spacemesh_codec::Decode>::SIZE_MIN )* }
            }
            Self::Union(_) => quote! { 1 },
        }
    }

    /// Deepest of the fields; a struct inside a struct adds no level.
    pub(crate) fn depth(&self) -> TokenStream {
        let types: Vec<_> = match self {
            Self::Struct(fields) => types(fields),
            Self::Union(variants) => variants
                .iter()
                .flat_map(|variant| types(variant.fields))
                .collect(),
        };
        quote! {{
            let depths: &[u32] = &[#( <#types as ::spacemesh_codec::Decode>::DEPTH ),*];
            let (mut deepest, mut i) = (0, 0);
            while i < depths.len() {
                if depths[i] > deepest {
                    deepest = depths[i];
                }
                i += 1;
            }
            deepest
        }}
    }
}

fn decode_fields(fields: &Fields, context: &str) -> TokenStream {
    let members = members(fields);
    let paths = members.iter().map(|member| {
        let member = match member {
            syn::Member::Named(name) => name.to_string(),
            syn::Member::Unnamed(index) => index.index.to_string(),
        };
        format!("{context}.{member}")
    });
    let types = types(fields);
    quote! {
        { #(
            #members: <#types as ::spacemesh_codec::Decode>::decode_from(__input).map_err(|error| error.within(#paths))?,
        )* }
    }
}

fn members(fields: &Fields) -> Vec<syn::Member> {
    fields.members().collect()
}

fn types(fields: &Fields) -> Vec<&Type> {
    fields.iter().map(|field| &field.ty).collect()
}

fn bindings(fields: &Fields) -> Vec<Ident> {
    (0..fields.len())
        .map(|i| format_ident!("__field_{i}"))
        .collect()
}

fn tag_of(attributes: &[Attribute], span: Span) -> Result<u8, Error> {
    let mut tag = None;
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("codec"))
    {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("tag") {
                return Err(meta.error("expected `tag = N`"));
            }
            tag = Some(meta.value()?.parse::<LitInt>()?.base10_parse()?);
            Ok(())
        })?;
    }
    tag.ok_or_else(|| Error::new(span, "a variant needs #[codec(tag = N)]"))
}
