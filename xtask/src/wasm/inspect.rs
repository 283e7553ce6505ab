//! What a built module says about itself: its features, and whether vector code is in it.

use anyhow::Result;
use wasmparser::{BinaryReader, Parser, Payload};

#[derive(Debug, Default)]
pub struct Traits {
    /// From the section `target_features`, which the compiler writes and wasm-opt takes out.
    pub features: Vec<String>,
    /// Instructions on 128-bit vectors.
    pub vector_instructions: usize,
    /// Names of the custom sections; a release has none that names a place or a tool.
    pub custom_sections: Vec<String>,
}

impl Traits {
    pub fn of(wasm: &[u8]) -> Result<Traits> {
        let mut traits = Traits::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::CustomSection(section) => {
                    traits.custom_sections.push(section.name().to_owned());
                    if section.name() == "target_features" {
                        traits.features = features(section.data())?;
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    traits.vector_instructions += vector_instructions(&body)?;
                }
                _ => {}
            }
        }
        Ok(traits)
    }
}

/// A vector of a prefix byte (`+` is "used") and a name, as the tool conventions lay it down.
fn features(section: &[u8]) -> Result<Vec<String>> {
    let mut reader = BinaryReader::new(section, 0);
    let count = reader.read_var_u32()?;
    let mut names = Vec::new();
    for _ in 0..count {
        let used = reader.read_u8()? == b'+';
        let name = reader.read_string()?;
        if used {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// Instructions have names such as `I8x16Eq` or `V128Load`; no other instruction has.
fn vector_instructions(body: &wasmparser::FunctionBody<'_>) -> Result<usize> {
    let mut count = 0;
    for operator in body.get_operators_reader()? {
        count += usize::from(is_vector(&format!("{:?}", operator?)));
    }
    Ok(count)
}

fn is_vector(operator: &str) -> bool {
    ["V128", "I8x16", "I16x8", "I32x4", "I64x2", "F32x4", "F64x2"]
        .iter()
        .any(|prefix| operator.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::{features, is_vector};

    #[test]
    fn the_features_section_is_read() {
        let section = [2, b'+', 4, b's', b'i', b'm', b'd', b'-', 1, b'x'];
        assert_eq!(features(&section).unwrap(), ["simd"]);
    }

    #[test]
    fn vector_instructions_are_told_by_name() {
        assert!(is_vector("I8x16Eq"));
        assert!(!is_vector("I32Add"));
    }
}
