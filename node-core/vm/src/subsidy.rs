//! How much is issued in a layer (02 §5.1).
//!
//! `floor(S · (1 − exp(−λ · (m + 1))))` is exact to the smidge here, in 256-bit fixed point: [`DECAY`] has the factor of 2^i layers for each bit
//! of the layer's number. The reference computes with 34 decimal digits; where that shows (at multiples of ten years the value is an integer, and
//! when too little is left for the digits the last smidge is issued) its results are reproduced.

use num_bigint::BigUint;
use spacemesh_types::{LayerId, Smidge};

/// All that is ever issued to smeshers: 2,250,000,000 SMH.
pub const TOTAL_SUBSIDY: Smidge = Smidge(2_250_000_000_000_000_000);

const FRACTION_BITS: u32 = 256;

/// Added before rounding down: 2^-30 smidge, more than the error and less than the distance of any value from an integer that isn't one.
const ROUNDING_BIT: u64 = 226;

/// floor(2^256 · 2.5 · 10^-34): with no more left than this, 34 digits cannot tell `S · (1 − left)` from `S`.
const NOTHING_LEFT: &[u8] = b"14c4e977ba1f5bac3d9635b15d59bab1cdef8";

/// floor(2^256 · exp(−λ · 2^i)) for i from 0, λ = 2.122748659050074683778792926470147E-7, in hexadecimal.
const DECAY: [&str; 32] = [
    "fffffc70495767a4227f4319f42542c8b198d383d8d69fa3e206e504991cd372",
    "fffff8e092bb7e3dcb3f0bb154bdf068e249eb4d8027dd8ef1872f69c3cd1c2d",
    "fffff1c125a9b850fad18c228f70fc481897a1b697af0cbbb7178ca87b99bcab",
    "ffffe3824c1e5ff1e17c04c7088b7535313a76601beadb23fedc510f196d5453",
    "ffffc7049b687cf646b6bab3387e926b20eaab761b92d061b6749804861d1edf",
    "ffff8e09437feccd3f6363934649674160324174a202f3da97b980e26e79e3dc",
    "ffff1c12b9bb99d260aad700babea06e08f8c9c47fa6047d458a242ac7ac8cb8",
    "fffe38263e65da2d3c794132e4077916e1bca9118eb706bdf7e6fff66a2301ca",
    "fffc704fa8837bc635239e978eb6872dc2dff58a1afcaf45b657e7295a74424a",
    "fff8e0abffcf7fad08763ce22de24a32ca33a744d85d68cbcdec0dea4af7a07c",
    "fff1c18aba0c759cf45e5ae3367f3c910d0ffe6bca6f0efc77720de92fe9c78a",
    "ffe383e0582995780653a3e8d0fb87df4774ebbf231f33340b354f4b10c9e43f",
    "ffc70aec136e90592590dee6e7674b2ec72e8365ed26c92238b146d08c06b0fd",
    "ff8e22844a33c4ae7c09b7c4ba14c110bfa4bf1d23d8a513e5b3bc3e4282d2ef",
    "ff1c77addb3cdb5427d01bf11c203aeba3b8f651d1b9ecd5ffc52ccaf5e7acfa",
    "fe39b996c0be4a2641a327ab4380199823c341d362a8904c1ad3f908d4eadf1b",
    "fc76994b5226ab3a669129bdc7769371337eaa15b4af3f64efa242b2ff10b935",
    "f8f9b4bdf6f6fb1c4975465a6a2b2563ee362b33bb4a721acb18ef268cf7c7f1",
    "f224c1c127a4a33d33684665598a32f2e2b7d436df6664877bf4cee70d369ffb",
    "e50983983feb3a70a8eb97d45b540e2a52f2846e0d5a9ac5f08ddf418d92fcb9",
    "ccea05c8e6b4810e5f3bafc418cbc24774ea07b48f7059797830ce309711d2a4",
    "a405cf26c316e6572d0a46968c87060bfe5646c55ec8ea88bd6810dcba6b6831",
    "6917718b6918ab6239162e84d7fd10e545e8a166a4034217ac1c6d76b53327b7",
    "2b243d49f59f7db871b6862c102f768a283835185c39059470a783096e2f5d97",
    "074531b823fcfd83549d8fcad260457e838f2330190aebbe4395da1316b058c7",
    "0034db6be8e33e78713415508d1f87ed56a768954d0fdbda25c01c467cd82182",
    "00000ae9dfe86a42afa2f2788cc0b0187d30583deffb2753b2cec36681d69ebc",
    "0000000000771b2781355f3d64864f06bd8a50563b3b64a7cdb8afd6fe5cde13",
    "00000000000000000000376a419b7af86ca441e2e0055135df337a4f65cda208",
    "00000000000000000000000000000000000000000bfed44b3468e748d766bd20",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000000",
];

/// What is issued for layer `layer`; nothing before the first effective genesis.
pub fn subsidy(layer: LayerId, first_effective_genesis: LayerId) -> Smidge {
    let Some(index) = layer.since(first_effective_genesis) else {
        return Smidge::ZERO;
    };
    let before = index
        .checked_sub(1)
        .map_or(0, |before| accumulated_subsidy(before).0);
    Smidge(accumulated_subsidy(index).0.saturating_sub(before))
}

/// What is issued for the layers 0 to `index`, counted from the first effective genesis.
pub fn accumulated_subsidy(index: u32) -> Smidge {
    let one = BigUint::from(1_u8) << FRACTION_BITS;
    let layers = u64::from(index) + 1;
    let mut left = one.clone();
    for (bit, factor) in DECAY.iter().enumerate() {
        if layers >> bit & 1 == 1 {
            left = (left * from_hex(factor.as_bytes())) >> FRACTION_BITS;
        }
    }
    if layers >> DECAY.len() != 0 {
        // After 2^32 layers, 40,000 years, nothing is left in 256 bits.
        left = BigUint::ZERO;
    }
    let all = left <= from_hex(NOTHING_LEFT);
    let total = TOTAL_SUBSIDY.0;
    let issued = (BigUint::from(total) * (&one - left) + (BigUint::from(1_u8) << ROUNDING_BIT))
        >> FRACTION_BITS;
    let issued = u64::try_from(issued).unwrap_or(total);
    Smidge(if all { total } else { issued.min(total - 1) })
}

fn from_hex(digits: &[u8]) -> BigUint {
    BigUint::parse_bytes(digits, 16).unwrap_or_default()
}
