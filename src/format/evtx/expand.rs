//! A record: its template, expanded with its values into pairs.

use super::Error;
use super::template::{Cursor, Element, Node, Parser, Part, numbered};
use super::value::Value;
use crate::text::{self, DEPTH, PAIRS, Pair, Pairs, join};
use bumpalo::Bump;
use bumpalo::collections::Vec;
use std::collections::BTreeMap;
use std::ops::Range;

/// What a record, and a chunk, may still make. A small chunk can name a value many times over.
pub(super) struct Budget {
    record: usize,
    chunk: usize,
}

impl Budget {
    const RECORD: usize = 1 << 20;
    const CHUNK: usize = 16 << 20;
    /// What an element, an attribute or a slot costs, beside its text.
    pub const NODE: usize = 16;
    /// What a pair costs, beside its text.
    const PAIR: usize = 2 * size_of::<Pair<'_>>();

    const fn new() -> Self {
        Self { record: Self::RECORD, chunk: Self::CHUNK }
    }

    /// Takes bytes off.
    pub fn spend(&mut self, bytes: usize, offset: usize) -> Result<(), Error> {
        let less =
            |left: usize, expected| left.checked_sub(bytes).ok_or(Error { offset, expected });
        self.record = less(self.record, "at most 1 MiB from a record")?;
        self.chunk = less(self.chunk, "at most 16 MiB from a chunk")?;
        Ok(())
    }
}

/// Expands the records of a chunk.
pub(super) struct Expander<'a> {
    chunk: &'a [u8],
    arena: &'a Bump,
    /// The templates that were read, by their place and the key they stand under.
    templates: BTreeMap<(usize, &'a [u8]), &'a Element<'a>>,
    budget: Budget,
    /// The pairs of the record at hand.
    pairs: std::vec::Vec<Pair<'a>>,
}

impl<'a> Expander<'a> {
    pub fn new(chunk: &'a [u8], arena: &'a Bump) -> Self {
        let pairs = std::vec::Vec::new();
        Self { chunk, arena, templates: BTreeMap::new(), budget: Budget::new(), pairs }
    }

    /// The pairs of the record whose binary XML is in a range of the chunk.
    pub fn record(&mut self, range: Range<usize>) -> Result<Pairs<'a>, Error> {
        self.budget.record = Budget::RECORD;
        self.pairs.clear();
        let offset = range.start;
        self.fragment(range, &[], 0)?;
        if self.pairs.is_empty() {
            return Err(Error { offset, expected: "an event" });
        }
        let mut pairs = Pairs::with_capacity_in(self.pairs.len(), self.arena);
        pairs.extend_from_slice_copy(&self.pairs);
        Ok(pairs)
    }

    /// Expands a fragment below a path.
    fn fragment(&mut self, range: Range<usize>, path: &'a [u8], depth: usize) -> Result<(), Error> {
        if depth >= DEPTH {
            return Err(Error { offset: range.start, expected: "at most 64 levels" });
        }
        let mut cursor = Cursor { chunk: self.chunk, at: range.start, end: range.end };
        loop {
            let mut parser = self.parser(cursor, false);
            let part = parser.part(path)?;
            cursor = parser.cursor;
            match part {
                None => return Ok(()),
                Some(Part::Element(element)) => self.element(&element, &[], depth)?,
                Some(Part::Instance) => self.instance(&mut cursor, path, depth)?,
            }
        }
    }

    const fn parser(&mut self, cursor: Cursor<'a>, is_template: bool) -> Parser<'a, '_> {
        Parser { cursor, arena: self.arena, budget: &mut self.budget, is_template }
    }

    /// Expands a template with the values that follow its mention.
    fn instance(
        &mut self,
        cursor: &mut Cursor<'a>,
        path: &'a [u8],
        depth: usize,
    ) -> Result<(), Error> {
        cursor.bytes(5, "a template's id")?;
        let place = cursor.size("a template's place")?;
        // The first that mentions a template holds it.
        if place == cursor.at {
            cursor.bytes(20, "a template's header")?;
            let size = cursor.size("a template's size")?;
            cursor.bytes(size, "a template")?;
        }
        let count = cursor.size("the number of values")?;
        let table = cursor.bytes(count.saturating_mul(4), "the sizes of the values")?;
        self.budget.spend(table.len() * size_of::<Value<'_>>() / 4, cursor.at)?;
        let mut values = Vec::with_capacity_in(table.len() / 4, self.arena);
        for &[low, high, kind, _] in table.as_chunks::<4>().0 {
            let offset = cursor.at;
            let bytes = cursor.bytes(u16::from_le_bytes([low, high]).into(), "a value")?;
            values.push(Value { kind, bytes, offset });
        }
        let template = self.template(place, path)?;
        self.element(template, &values, depth)
    }

    /// The template at a place, for a path.
    fn template(&mut self, place: usize, path: &'a [u8]) -> Result<&'a Element<'a>, Error> {
        if let Some(template) = self.templates.get(&(place, path)) {
            return Ok(template);
        }
        let missing = Error { offset: place, expected: "a template" };
        // In front are the place of the next template and an identifier.
        let at = place.saturating_add(20);
        let mut cursor = Cursor { chunk: self.chunk, at, end: self.chunk.len() };
        let size = cursor.size(missing.expected)?;
        let end = cursor.at.checked_add(size).filter(|&end| end <= cursor.end).ok_or(missing)?;
        match self.parser(Cursor { end, ..cursor }, true).part(path)? {
            Some(Part::Element(element)) => {
                let template = &*self.arena.alloc(element);
                self.templates.insert((place, path), template);
                Ok(template)
            }
            _ => Err(missing),
        }
    }

    /// Expands an element: its attributes, its text, then what is inside it.
    fn element(
        &mut self,
        element: &Element<'a>,
        values: &[Value<'a>],
        depth: usize,
    ) -> Result<(), Error> {
        self.budget.spend(Budget::NODE, 0)?;
        let get = |slot: u16| values.get(usize::from(slot));
        if element.depends.and_then(get).is_some_and(Value::is_null) {
            return Ok(());
        }
        let mut key = element.key;
        if !element.called.is_empty() {
            let name = self.text(&element.called, values)?;
            if name.is_empty() {
                return Ok(());
            }
            key = join(self.arena, key, name);
        }
        let first = self.pairs.len();
        for attribute in &element.attributes {
            let text = self.text(&attribute.value, values)?;
            if !text.is_empty() {
                self.push(attribute.key, text::Value::Text(text))?;
            }
        }
        if let [Node::Slot(slot)] = element.content[..]
            && let Some(array) = get(slot).filter(|value| value.members().nth(1).is_some())
            && element.attributes.is_empty()
        {
            return self.array(key, array, element.is_data);
        }
        let text = self.text(&element.content, values)?;
        let is_nested = element.content.iter().any(|node| node.is_nested(values));
        if self.pairs.len() == first && !is_nested {
            return self.push(key, leaf(text, element.is_data));
        }
        if !text.is_empty() {
            self.push(join(self.arena, key, b"#text"), text::Value::Text(text))?;
        }
        for node in &element.content {
            match node {
                Node::Text(_) => {}
                Node::Slot(slot) => {
                    if let Some(value) = get(*slot).filter(|value| value.is_nested()) {
                        let range = value.offset..value.offset + value.bytes.len();
                        self.fragment(range, key, depth + 1)?;
                    }
                }
                Node::Element(child) => self.element(child, values, depth)?,
            }
        }
        if self.pairs.len() == first {
            self.push(key, text::Value::Null)?;
        }
        Ok(())
    }

    /// An element whose value is an array stands once for each member.
    fn array(&mut self, key: &'a [u8], array: &Value<'a>, is_data: bool) -> Result<(), Error> {
        for (place, member) in array.members().enumerate() {
            let text = member.text(self.arena)?;
            self.budget.spend(text.len(), member.offset)?;
            let key = match place {
                1.. if !is_data => numbered(self.arena, key, place),
                _ => key,
            };
            self.push(key, leaf(text, is_data))?;
        }
        Ok(())
    }

    /// The text of some nodes, without the elements among them.
    fn text(&mut self, nodes: &[Node<'a>], values: &[Value<'a>]) -> Result<&'a [u8], Error> {
        let mut text: &'a [u8] = &[];
        for node in nodes {
            let more = match node {
                Node::Text(text) => text,
                Node::Slot(slot) => match values.get(usize::from(*slot)) {
                    Some(value) => value.text(self.arena)?,
                    None => &[],
                },
                Node::Element(_) => continue,
            };
            if text.is_empty() {
                text = more;
            } else if !more.is_empty() {
                text = self.arena.alloc_slice_copy(&[text, more].concat());
            }
            self.budget.spend(Budget::NODE + text.len(), 0)?;
        }
        Ok(text)
    }

    fn push(&mut self, key: &'a [u8], value: text::Value<'a>) -> Result<(), Error> {
        self.budget.spend(Budget::PAIR, 0)?;
        if self.pairs.len() < PAIRS {
            self.pairs.push(Pair { key, value });
        }
        Ok(())
    }
}

/// What an element without attributes and elements says.
const fn leaf(text: &[u8], is_data: bool) -> text::Value<'_> {
    if text.is_empty() && !is_data { text::Value::Null } else { text::Value::Text(text) }
}
