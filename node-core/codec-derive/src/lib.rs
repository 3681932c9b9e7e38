//! Derives for `spacemesh-codec`: `Encode` and `Decode` of structs and of tagged unions.
//!
//! Keeps true: the fields' order in the source is their order on the wire, and nothing stands between them (01 §1.1). A union writes
//! one full byte, the variant's `#[codec(tag = N)]`, then the variant's fields.

mod shape; // the input reduced to variants and fields

use proc_macro::TokenStream;
use quote::quote;
use syn::{DeriveInput, parse_macro_input};

use shape::Shape;

/// Implements `Encode`.
#[proc_macro_derive(Encode, attributes(codec))]
pub fn derive_encode(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    Shape::of(&input).map_or_else(
        |error| error.into_compile_error().into(),
        |shape| {
            let name = &input.ident;
            let (generics_impl, generics_type, generics_where) = input.generics.split_for_impl();
            let body = shape.encode_body();
            quote! {
                #[automatically_derived]
                impl #generics_impl ::spacemesh_codec::Encode for #name #generics_type #generics_where {
                    fn encode_to<__O: ::spacemesh_codec::Output + ?Sized>(&self, __out: &mut __O) {
                        #body
                    }
                }
            }
            .into()
        },
    )
}

/// Implements `Decode`.
#[proc_macro_derive(Decode, attributes(codec))]
pub fn derive_decode(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    Shape::of(&input).map_or_else(
        |error| error.into_compile_error().into(),
        |shape| {
            let name = &input.ident;
            let (generics_impl, generics_type, generics_where) = input.generics.split_for_impl();
            let (size_min, depth, body) = (shape.size_min(), shape.depth(), shape.decode_body(&name.to_string()));
            quote! {
                #[automatically_derived]
                impl #generics_impl ::spacemesh_codec::Decode for #name #generics_type #generics_where {
                    const SIZE_MIN: usize = #size_min;
                    const DEPTH: u32 = #depth;

                    fn decode_from(__input: &mut ::spacemesh_codec::Input<'_>)
                        -> ::core::result::Result<Self, ::spacemesh_codec::DecodeError>
                    {
                        #body
                    }
                }
            }
            .into()
        },
    )
}
