//! The fuzzer: libFuzzer over the target that the variable `SEKISHO_FUZZ_TARGET` names. A limit
//! that is passed is a crash as a panic is. Where `SEKISHO_FUZZ_LONG` is set, inputs are repeated.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sekisho_fuzz::Target;
use sekisho_fuzz::limits::Exceeded;
use std::sync::OnceLock;

type Run = fn(&Target, &[u8]) -> Result<(), Exceeded>;

static TARGET: OnceLock<(Target, Run)> = OnceLock::new();

fuzz_target!(
    init: {
        let name = std::env::var("SEKISHO_FUZZ_TARGET").unwrap_or_default();
        let target = Target::named(&name).unwrap_or_else(|| panic!("no target «{name}»"));
        eprintln!("{}", target.about);
        target.prepare();
        let is_long = std::env::var_os("SEKISHO_FUZZ_LONG").is_some();
        let _ = TARGET.set((target, if is_long { Target::run_long } else { Target::run }));
    },
    |input: &[u8]| {
        let exceeded = TARGET.get().and_then(|(target, run)| run(target, input).err());
        if let Some(exceeded) = exceeded {
            panic!("{exceeded}");
        }
    }
);
