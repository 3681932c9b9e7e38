//! Types that hold secrets can't be printed or serialised (12 §7.2). If one could, this file would not compile.

use std::fmt::{Debug, Display};

use spacemesh_wallet::{
    NewWallet, SecretSeed, Seed, Words,
    file::{Keyring, Secrets, WalletFile},
    foreign::{Decrypted, Imported, SmappExport},
};

macro_rules! secrets_have_no {
    ($name:ident, $trait:path) => {
        #[test]
        fn $name() {
            // For a type with the trait both impls fit, so `check` would be ambiguous.
            trait Without<Marker> {
                fn check() {}
            }
            struct Has;
            impl<T: ?Sized> Without<()> for T {}
            impl<T: ?Sized + $trait> Without<Has> for T {}
            <SecretSeed as Without<_>>::check();
            <Words as Without<_>>::check();
            <Seed as Without<_>>::check();
            <Keyring as Without<_>>::check();
            <Secrets as Without<_>>::check();
            <NewWallet as Without<_>>::check();
            <WalletFile as Without<_>>::check();
            <Imported as Without<_>>::check();
            <Decrypted as Without<_>>::check();
            <SmappExport as Without<_>>::check();
        }
    };
}

secrets_have_no!(debug, Debug);
secrets_have_no!(display, Display);
secrets_have_no!(serialisation, serde::Serialize);
