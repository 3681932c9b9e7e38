//! Hands one fuzz target, named by `FUZZ_TARGET`, to libFuzzer. With `FUZZ_LIST` set it prints the targets instead.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::{Corpus, fuzz_target};
use spacemesh_fuzz::{TARGETS, Target};

static TARGET: OnceLock<&'static Target> = OnceLock::new();

fuzz_target!(
    init: {
        if std::env::var_os("FUZZ_LIST").is_some() {
            for target in TARGETS {
                println!("{}", target.name);
            }
            std::process::exit(0);
        }
        let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
        match TARGETS.iter().find(|target| target.name == name) {
            Some(target) => {
                TARGET.get_or_init(|| target);
            }
            None => {
                eprintln!("FUZZ_TARGET is {name:?}; FUZZ_LIST=1 prints the targets");
                std::process::exit(2);
            }
        }
    },
    |data: &[u8]| -> Corpus {
        if let Some(target) = TARGET.get() {
            (target.run)(data);
        }
        Corpus::Keep
    }
);
