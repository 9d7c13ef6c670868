//! What counts as an instruction in a recipe.
//!
//! - Write `FILE`, and a block: the whole file.
//! - In `FILE`, below (or above) `LINE`, and a block: new lines there.
//! - In `FILE`, `A` becomes `B`: the text is there once, and changes.
//! - A block of `sh`: commands, one for each line.
//!
//! Everything else is explanation.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

/// A section of CONTRIBUTING.md whose title begins with "Add".
#[derive(Debug, Default)]
pub struct Recipe {
    /// The title.
    pub title: String,
    /// How many numbered steps it has.
    pub steps: usize,
    /// What it changes, in order.
    pub changes: Vec<Change>,
    /// The commands to run afterwards, in order.
    pub commands: Vec<String>,
}

/// One change of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The file, from the root of the repository.
    pub file: String,
    /// What happens to it.
    pub edit: Edit,
}

/// What happens to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// It is new and has this content.
    Write(String),
    /// New lines below a line.
    Below(String, String),
    /// New lines above a line.
    Above(String, String),
    /// A text becomes another one.
    Replace(String, String),
}

/// A piece of a step.
enum Piece {
    Text(String),
    Code(String),
    Block { shell: bool, text: String },
}

/// The recipes of a document.
pub fn read(document: &str) -> Vec<Recipe> {
    let mut recipes: Vec<Recipe> = Vec::new();
    let mut title = None;
    let mut pieces = Vec::new();
    let mut inside = false;
    for event in Parser::new(document) {
        match event {
            Event::Start(Tag::Heading {
                level: HeadingLevel::H2,
                ..
            }) => {
                title = Some(String::new());
                inside = false;
            }
            Event::Text(text) if title.is_some() => title.get_or_insert_default().push_str(&text),
            Event::End(TagEnd::Heading(HeadingLevel::H2)) => {
                let title = title.take().unwrap_or_default();
                inside = title.starts_with("Add ");
                if inside {
                    recipes.push(Recipe {
                        title,
                        ..Recipe::default()
                    });
                }
            }
            _ if !inside => {}
            Event::Start(Tag::Item) => pieces.clear(),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                pieces.push(Piece::Block {
                    shell: &*language == "sh",
                    text: String::new(),
                });
            }
            Event::Code(code) => pieces.push(Piece::Code(code.into_string())),
            Event::Text(text) => push_text(&mut pieces, &text),
            Event::SoftBreak => push_text(&mut pieces, " "),
            Event::End(TagEnd::CodeBlock) => pieces.push(Piece::Text(String::new())),
            Event::End(TagEnd::Item) => {
                if let Some(recipe) = recipes.last_mut() {
                    recipe.steps += 1;
                    understand(&pieces, recipe);
                }
            }
            _ => {}
        }
    }
    recipes
}

fn push_text(pieces: &mut Vec<Piece>, more: &str) {
    match pieces.last_mut() {
        Some(Piece::Text(text) | Piece::Block { text, .. }) => text.push_str(more),
        _ => pieces.push(Piece::Text(more.to_owned())),
    }
}

/// Adds what a step says to its recipe.
fn understand(pieces: &[Piece], recipe: &mut Recipe) {
    let mut file = String::new();
    let mut pending: Option<Box<dyn FnOnce(String) -> Change>> = None;
    let mut before = "";
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(text) => before = text,
            Piece::Code(code) if before.ends_with("Write ") => {
                let file = code.clone();
                pending = Some(Box::new(|text| Change {
                    file,
                    edit: Edit::Write(text),
                }));
            }
            Piece::Code(code) if before.ends_with("In ") || before.ends_with("in ") => {
                file.clone_from(code);
            }
            Piece::Code(code) if before == ", below " || before == ", above " => {
                let (file, line) = (file.clone(), code.clone());
                let edit = if before == ", below " {
                    Edit::Below
                } else {
                    Edit::Above
                };
                pending = Some(Box::new(move |text| Change {
                    file,
                    edit: edit(line, text),
                }));
            }
            Piece::Code(code) if before == " becomes " => {
                let Some(Piece::Code(old)) = pieces.get(at.wrapping_sub(2)) else {
                    panic!("what becomes `{code}`?");
                };
                recipe.changes.push(Change {
                    file: file.clone(),
                    edit: Edit::Replace(old.clone(), code.clone()),
                });
            }
            Piece::Code(_) => {}
            Piece::Block { shell: true, text } => {
                recipe.commands.extend(text.lines().map(str::to_owned));
            }
            Piece::Block { shell: false, text } => {
                let title = &recipe.title;
                let change = pending.take().unwrap_or_else(|| {
                    panic!("{title}: no sentence says where this block goes:\n{text}")
                });
                recipe.changes.push(change(text.clone()));
            }
        }
    }
    assert!(pending.is_none(), "{}: a block is missing", recipe.title);
}

#[test]
fn instructions_are_distinguished_from_explanations() {
    let recipes = read(
        "## Read\n\n1. Write `no.rs`.\n\n   ```rust\n   no\n   ```\n\n\
         ## Add a word\n\n1. Write `a.rs`, see `b`.\n\n   ```rust\n   one {\n       two\n   ```\n\n\
         2. Then in `b.rs`, below\n   `x,`. Look at `y`.\n\n   ```rust\n       z,\n   ```\n\n\
         3. In `c.md`, `1` becomes `2`, and `3` becomes\n   `4`.\n\n   ```sh\n   ls\n   ```\n",
    );
    let change = |file: &str, edit| Change {
        file: file.to_owned(),
        edit,
    };
    let [recipe] = &recipes[..] else {
        panic!("{recipes:?}");
    };
    assert_eq!(recipe.title, "Add a word");
    assert_eq!(recipe.steps, 3);
    assert_eq!(recipe.commands, ["ls"]);
    assert_eq!(
        recipe.changes,
        [
            change("a.rs", Edit::Write("one {\n    two\n".into())),
            change("b.rs", Edit::Below("x,".into(), "    z,\n".into())),
            change("c.md", Edit::Replace("1".into(), "2".into())),
            change("c.md", Edit::Replace("3".into(), "4".into())),
        ]
    );
}
