//! Binary XML as a tree whose elements know their keys. A template is read once for a chunk, and
//! is expanded for each of its records.

use super::Error;
use super::expand::Budget;
use super::value::{self, Value};
use crate::text::{DEPTH, join};
use bumpalo::Bump;
use bumpalo::collections::Vec;
use std::collections::BTreeMap;

/// The tokens of binary XML. Some may carry `MORE`: an element's start that it has attributes,
/// others that another of their kind follows.
mod token {
    pub const END: u8 = 0x00;
    pub const OPEN: u8 = 0x01;
    pub const CLOSE_START: u8 = 0x02;
    pub const CLOSE_EMPTY: u8 = 0x03;
    pub const CLOSE_ELEMENT: u8 = 0x04;
    pub const VALUE: u8 = 0x05;
    pub const ATTRIBUTE: u8 = 0x06;
    pub const CDATA: u8 = 0x07;
    pub const CHARACTER: u8 = 0x08;
    pub const ENTITY: u8 = 0x09;
    pub const INSTRUCTION: u8 = 0x0a;
    pub const INSTRUCTION_DATA: u8 = 0x0b;
    pub const INSTANCE: u8 = 0x0c;
    pub const SLOT: u8 = 0x0d;
    pub const OPTIONAL_SLOT: u8 = 0x0e;
    pub const HEADER: u8 = 0x0f;
    pub const MORE: u8 = 0x40;
}

/// A part of an element or of an attribute's value.
pub(super) enum Node<'a> {
    /// A text, in UTF-8.
    Text(&'a [u8]),
    /// The place of a value.
    Slot(u16),
    Element(Element<'a>),
}

impl Node<'_> {
    /// Whether it is an element, or stands for one.
    pub fn is_nested(&self, values: &[Value<'_>]) -> bool {
        match self {
            Self::Text(_) => false,
            Self::Slot(slot) => values.get(usize::from(*slot)).is_some_and(Value::is_nested),
            Self::Element(_) => true,
        }
    }
}

pub(super) struct Attribute<'a> {
    name: &'a [u8],
    pub key: &'a [u8],
    pub value: Vec<'a, Node<'a>>,
}

pub(super) struct Element<'a> {
    name: &'a [u8],
    /// The slot without whose value it is left out.
    pub depends: Option<u16>,
    pub key: &'a [u8],
    pub attributes: Vec<'a, Attribute<'a>>,
    pub content: Vec<'a, Node<'a>>,
    /// It is a `Data` of `EventData` or `UserData`: without a text it is empty, not null.
    pub is_data: bool,
    /// The name of a `Data` that is a value itself; `key` is then the key around it.
    pub called: Vec<'a, Node<'a>>,
}

/// What stands next in a fragment, outside elements.
pub(super) enum Part<'a> {
    Element(Element<'a>),
    Instance,
}

/// A place in a chunk, in front of binary XML.
pub(super) struct Cursor<'a> {
    pub chunk: &'a [u8],
    pub at: usize,
    pub end: usize,
}

impl<'a> Cursor<'a> {
    pub fn bytes(&mut self, length: usize, expected: &'static str) -> Result<&'a [u8], Error> {
        let behind = self.at.checked_add(length).filter(|&behind| behind <= self.end);
        let found = behind.and_then(|behind| self.chunk.get(self.at..behind));
        let found = found.ok_or(Error { offset: self.at, expected })?;
        self.at += length;
        Ok(found)
    }

    fn array<const N: usize>(&mut self, expected: &'static str) -> Result<[u8; N], Error> {
        let offset = self.at;
        let bytes = self.bytes(N, expected)?;
        bytes.first_chunk().copied().ok_or(Error { offset, expected })
    }

    pub fn u8(&mut self, expected: &'static str) -> Result<u8, Error> {
        self.array(expected).map(u8::from_le_bytes)
    }

    pub fn u16(&mut self, expected: &'static str) -> Result<u16, Error> {
        self.array(expected).map(u16::from_le_bytes)
    }

    /// A number of 32 bits that counts bytes or places.
    pub fn size(&mut self, expected: &'static str) -> Result<usize, Error> {
        let offset = self.at;
        let size = self.array(expected).map(u32::from_le_bytes)?;
        usize::try_from(size).map_err(|_| Error { offset, expected })
    }

    /// The bytes of a text in UTF-16 behind the number of its units.
    fn counted(&mut self) -> Result<&'a [u8], Error> {
        let units = self.u16("a text's length")?;
        self.bytes(usize::from(units) * 2, "a text")
    }
}

/// Reads binary XML into elements.
pub(super) struct Parser<'a, 'b> {
    pub cursor: Cursor<'a>,
    pub arena: &'a Bump,
    pub budget: &'b mut Budget,
    /// Elements of a template say on which slot they depend.
    pub is_template: bool,
}

impl<'a> Parser<'a, '_> {
    /// The next part of a fragment, its keys below `path`. None at the fragment's end.
    pub fn part(&mut self, path: &'a [u8]) -> Result<Option<Part<'a>>, Error> {
        while self.cursor.at < self.cursor.end {
            let offset = self.cursor.at;
            let token = self.cursor.u8("a token")?;
            match token & !token::MORE {
                token::END => return Ok(None),
                token::HEADER => drop(self.cursor.bytes(3, "a fragment's header")?),
                token::INSTANCE => return Ok(Some(Part::Instance)),
                token::OPEN => {
                    let mut element = self.element(token, 0)?;
                    let key = join(self.arena, path, element.name);
                    self.lay(&mut element, key)?;
                    return Ok(Some(Part::Element(element)));
                }
                token::INSTRUCTION | token::INSTRUCTION_DATA => self.skip_instruction(token)?,
                _ => return Err(Error { offset, expected: "an element or a template" }),
            }
        }
        Ok(None)
    }

    /// Reads an element behind the token that opens it.
    fn element(&mut self, token: u8, depth: usize) -> Result<Element<'a>, Error> {
        let offset = self.cursor.at;
        if depth >= DEPTH {
            return Err(Error { offset, expected: "at most 64 levels" });
        }
        self.budget.spend(Budget::NODE, offset)?;
        let depends = if self.is_template { self.cursor.u16("a dependency")? } else { u16::MAX };
        self.cursor.size("an element's size")?;
        let mut element = Element {
            name: self.name()?,
            depends: (depends != u16::MAX).then_some(depends),
            key: &[],
            attributes: Vec::new_in(self.arena),
            content: Vec::new_in(self.arena),
            is_data: false,
            called: Vec::new_in(self.arena),
        };
        if token & token::MORE != 0 {
            self.cursor.size("the size of the attributes")?;
        }
        loop {
            let offset = self.cursor.at;
            match self.cursor.u8("an attribute or a start's end")? & !token::MORE {
                token::ATTRIBUTE => {
                    self.budget.spend(Budget::NODE, offset)?;
                    let name = self.name()?;
                    let value = self.texts()?;
                    element.attributes.push(Attribute { name, key: &[], value });
                }
                token::CLOSE_EMPTY => return Ok(element),
                token::CLOSE_START => break,
                _ => return Err(Error { offset, expected: "an attribute or a start's end" }),
            }
        }
        self.content(&mut element.content, depth)?;
        Ok(element)
    }

    /// Reads what is inside an element, and its end.
    fn content(&mut self, content: &mut Vec<'a, Node<'a>>, depth: usize) -> Result<(), Error> {
        loop {
            while let Some(node) = self.text()? {
                content.push(node);
            }
            let offset = self.cursor.at;
            let token = self.cursor.u8("an element's end")?;
            match token & !token::MORE {
                token::OPEN => content.push(Node::Element(self.element(token, depth + 1)?)),
                token::CLOSE_ELEMENT => return Ok(()),
                token::INSTRUCTION | token::INSTRUCTION_DATA => self.skip_instruction(token)?,
                _ => return Err(Error { offset, expected: "an element's end" }),
            }
        }
    }

    fn texts(&mut self) -> Result<Vec<'a, Node<'a>>, Error> {
        let mut texts = Vec::new_in(self.arena);
        while let Some(node) = self.text()? {
            texts.push(node);
        }
        Ok(texts)
    }

    /// A text or a slot, if one stands here.
    fn text(&mut self) -> Result<Option<Node<'a>>, Error> {
        let offset = self.cursor.at;
        let token = self.cursor.u8("an element's end")?;
        let text = match token & !token::MORE {
            token::VALUE => {
                if self.cursor.u8("a value's type")? != value::STRING {
                    return Err(Error { offset, expected: "a text" });
                }
                value::utf16(self.cursor.counted()?, self.arena)
            }
            token::CDATA => value::utf16(self.cursor.counted()?, self.arena),
            token::CHARACTER => value::utf16(&self.cursor.array::<2>("a character")?, self.arena),
            token::ENTITY => self.entity()?,
            token::SLOT | token::OPTIONAL_SLOT => {
                let slot = self.cursor.u16("a slot")?;
                self.cursor.u8("a slot's type")?;
                self.budget.spend(Budget::NODE, offset)?;
                return Ok(Some(Node::Slot(slot)));
            }
            _ => {
                self.cursor.at = offset;
                return Ok(None);
            }
        };
        self.budget.spend(Budget::NODE + text.len(), offset)?;
        Ok(Some(Node::Text(text)))
    }

    /// What a named character stands for.
    fn entity(&mut self) -> Result<&'a [u8], Error> {
        Ok(match self.name()? {
            b"quot" => b"\"",
            b"apos" => b"'",
            b"amp" => b"&",
            b"lt" => b"<",
            b"gt" => b">",
            name => self.arena.alloc_slice_copy(&[b"&", name, b";"].concat()),
        })
    }

    fn skip_instruction(&mut self, token: u8) -> Result<(), Error> {
        self.budget.spend(Budget::NODE, self.cursor.at)?;
        match token & !token::MORE {
            token::INSTRUCTION => self.name().map(drop),
            _ => self.cursor.counted().map(drop),
        }
    }

    /// A name. It stands somewhere in the chunk; where it is used first, right here.
    fn name(&mut self) -> Result<&'a [u8], Error> {
        let offset = self.cursor.size("a name")?;
        let (chunk, end) = (self.cursor.chunk, self.cursor.chunk.len());
        // In front are the place of the next name and a hash.
        let mut there = Cursor { chunk, at: offset.saturating_add(6), end };
        let name = value::utf16(there.counted()?, self.arena);
        if offset == self.cursor.at {
            self.cursor.at = there.at + 2;
        }
        self.budget.spend(name.len(), offset)?;
        Ok(name)
    }

    /// Lays the keys of an element and of all that is inside it.
    fn lay(&mut self, element: &mut Element<'a>, key: &'a [u8]) -> Result<(), Error> {
        element.key = key;
        self.budget.spend(Budget::NODE + key.len(), self.cursor.at)?;
        if !element.attributes.is_empty() {
            let path = join(self.arena, key, b"#attributes");
            for attribute in &mut element.attributes {
                attribute.key = join(self.arena, path, attribute.name);
            }
        }
        let is_container = matches!(element.name, b"EventData" | b"UserData");
        let content = &mut element.content;
        let has_names = is_container && children(content).any(|child| child.is_named_data());
        if has_names {
            content.retain(|node| match node {
                Node::Element(child) => child.name != b"Data" || child.is_named_data(),
                _ => true,
            });
        }
        let mut siblings = Siblings::default();
        for child in children(content) {
            let child_key = if is_container && child.name == b"Data" {
                child.is_data = true;
                let name = child.take_name();
                match name[..] {
                    _ if !has_names => join(self.arena, join(self.arena, key, b"Data"), b"#text"),
                    [Node::Text(name)] => siblings.data(self.arena, key, name),
                    _ => {
                        child.called = name;
                        key
                    }
                }
            } else {
                siblings.member(self.arena, key, child.name)
            };
            self.lay(child, child_key)?;
        }
        Ok(())
    }
}

impl<'a> Element<'a> {
    /// Whether it is a `Data` that has a name.
    fn is_named_data(&self) -> bool {
        let is_text = |node: &Node<'_>| !matches!(node, Node::Text([]));
        self.name == b"Data"
            && self.attributes.iter().any(|it| it.name == b"Name" && it.value.iter().any(is_text))
    }

    /// Takes the value of the attribute `Name`. The others say nothing of a `Data`.
    fn take_name(&mut self) -> Vec<'a, Node<'a>> {
        let arena = self.attributes.bump();
        let mut attributes = std::mem::replace(&mut self.attributes, Vec::new_in(arena));
        let place = attributes.iter().position(|attribute| attribute.name == b"Name");
        place.map_or_else(|| Vec::new_in(arena), |place| attributes.swap_remove(place).value)
    }
}

fn children<'a, 'v>(nodes: &'v mut [Node<'a>]) -> impl Iterator<Item = &'v mut Element<'a>> {
    nodes.iter_mut().filter_map(|node| match node {
        Node::Element(child) => Some(child),
        _ => None,
    })
}

/// Tells members of one name apart, as evtx_dump does: `Name`, `Name_1`, `Name_2`.
#[derive(Default)]
struct Siblings<'a> {
    /// How many there are of a name.
    members: BTreeMap<&'a [u8], usize>,
    /// The same for named `Data`.
    data: BTreeMap<&'a [u8], usize>,
    /// Name and key of the last named `Data`.
    last: Option<(&'a [u8], &'a [u8])>,
}

impl<'a> Siblings<'a> {
    fn member(&mut self, arena: &'a Bump, path: &'a [u8], name: &'a [u8]) -> &'a [u8] {
        counted(&mut self.members, arena, path, name)
    }

    /// `Data` of one name in a row are an array.
    fn data(&mut self, arena: &'a Bump, path: &'a [u8], name: &'a [u8]) -> &'a [u8] {
        if let Some((last, key)) = self.last
            && last == name
        {
            return key;
        }
        let key = counted(&mut self.data, arena, path, name);
        self.last = Some((name, key));
        key
    }
}

fn counted<'a>(
    seen: &mut BTreeMap<&'a [u8], usize>,
    arena: &'a Bump,
    path: &'a [u8],
    name: &'a [u8],
) -> &'a [u8] {
    let times = seen.entry(name).or_default();
    *times += 1;
    join(arena, path, if *times == 1 { name } else { numbered(arena, name, *times - 1) })
}

/// `name_1` for the place 1.
pub(super) fn numbered<'a>(arena: &'a Bump, name: &[u8], place: usize) -> &'a [u8] {
    arena.alloc_slice_copy(&[name, b"_", place.to_string().as_bytes()].concat())
}
