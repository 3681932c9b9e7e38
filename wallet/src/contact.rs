//! Contacts: names for addresses of others, and the warning about look-alikes.

use spacemesh_types::Address;

/// Somebody's address under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Who it is.
    pub name: String,
    /// The address; one contact per address.
    pub address: Address,
    /// What its owner wrote down about it, possibly empty.
    pub note: String,
    /// When it was added, in seconds since 1970, if that is known.
    pub created: Option<i64>,
}

/// Whether a person who compares the ends of two addresses could take one for the other.
///
/// Screens shorten addresses to the first telling characters and the last ones, and who plants a look-alike in a history computes
/// keys until those fit. So two different addresses are look-alikes if about the first or the last four characters are equal: 20 bits
/// after the four zero bytes, or at the end.
pub fn look_alike(a: &Address, b: &Address) -> bool {
    let first =
        |address: &Address| u32::from_be_bytes([0, address.0[4], address.0[5], address.0[6]]) >> 4;
    let last = |address: &Address| {
        u32::from_be_bytes([0, address.0[21], address.0[22], address.0[23]]) & 0xf_ffff
    };
    a != b && (first(a) == first(b) || last(a) == last(b))
}
