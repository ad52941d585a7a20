//! The modules of a crate, as its `mod` declarations make them, without what is for tests only.

use crate::names::Names;
use proc_macro2::{TokenStream, TokenTree};
use std::{
    fs,
    path::{Path, PathBuf},
};
use syn::{Attribute, ImplItem, Item, ItemMod, Meta, TraitItem};

/// A module: a file, or a part of one in braces.
pub(crate) struct Module {
    /// The module that declares it; none for the root of a crate.
    pub(crate) parent: Option<usize>,
    /// The number of its file.
    pub(crate) file: usize,
    /// What stands in it, apart from modules.
    pub(crate) items: Vec<Item>,
    /// The names that are known in it.
    pub(crate) names: Names,
}

/// A file with its length.
pub(crate) struct File {
    /// Its path in the folder of the sources, with `/`.
    pub(crate) path: String,
    /// How many lines it has, tests included.
    pub(crate) lines: usize,
}

/// All modules of a crate.
pub(crate) struct Tree {
    /// The name of the crate, as its folder is called.
    pub(crate) name: String,
    /// The files that were reached.
    pub(crate) files: Vec<File>,
    /// The modules; each stands behind its parent.
    pub(crate) modules: Vec<Module>,
    /// The root of the library, if the crate has one.
    pub(crate) library: Option<usize>,
}

impl Tree {
    /// Reads the library and the program whose sources lie in a folder.
    pub(crate) fn read(name: &str, source: &Path) -> Self {
        let mut tree = Self { name: name.to_owned(), files: Vec::new(), modules: Vec::new(), library: None };
        for root in ["lib.rs", "main.rs"].map(|file| source.join(file)).iter().filter(|root| root.exists()) {
            let module = tree.file(source, root, source, None);
            if root.ends_with("lib.rs") {
                tree.library = Some(module);
            }
        }
        tree
    }

    /// The root of the crate to which a module belongs.
    pub(crate) fn root(&self, mut module: usize) -> usize {
        while let Some(parent) = self.modules[module].parent {
            module = parent;
        }
        module
    }

    /// Reads a file; the files of its modules lie in `inner`.
    fn file(&mut self, source: &Path, path: &Path, inner: &Path, parent: Option<usize>) -> usize {
        let text = fs::read_to_string(path).expect("a source file");
        let parsed = syn::parse_file(&text).expect("a source file in Rust");
        let relative = path.strip_prefix(source).expect("a path in the sources");
        let path = relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        self.files.push(File { path, lines: text.lines().count() });
        self.module(source, self.files.len() - 1, inner, parent, parsed.items)
    }

    /// Takes in a module and all that it declares.
    fn module(
        &mut self,
        source: &Path,
        file: usize,
        inner: &Path,
        parent: Option<usize>,
        mut items: Vec<Item>,
    ) -> usize {
        items.retain(|item| !is_test(attributes(item)));
        let children = items.extract_if(.., |item| matches!(item, Item::Mod(_))).collect::<Vec<_>>();
        items.iter_mut().for_each(drop_tests);
        let names = Names::of(&items);
        let module = self.modules.len();
        self.modules.push(Module { parent, file, items, names });
        for child in children {
            if let Item::Mod(child) = child
                && child.ident != "tests"
            {
                let name = child.ident.to_string();
                let id = self.child(source, file, inner, module, child);
                self.modules[module].names.add_module(&name, id);
            }
        }
        module
    }

    /// Takes in a module that is declared in another.
    fn child(&mut self, source: &Path, file: usize, inner: &Path, parent: usize, child: ItemMod) -> usize {
        let inner = inner.join(child.ident.to_string());
        match child.content {
            Some((_, items)) => self.module(source, file, &inner, Some(parent), items),
            None => {
                let beside = inner.with_extension("rs");
                let path: PathBuf = if beside.exists() { beside } else { inner.join("mod.rs") };
                self.file(source, &path, &inner, Some(parent))
            }
        }
    }
}

/// Takes the parts that are for tests only out of an item.
fn drop_tests(item: &mut Item) {
    match item {
        Item::Impl(item) => item.items.retain(|part| match part {
            ImplItem::Const(part) => !is_test(&part.attrs),
            ImplItem::Fn(part) => !is_test(&part.attrs),
            ImplItem::Type(part) => !is_test(&part.attrs),
            ImplItem::Macro(part) => !is_test(&part.attrs),
            _ => true,
        }),
        Item::Trait(item) => item.items.retain(|part| match part {
            TraitItem::Fn(part) => !is_test(&part.attrs),
            _ => true,
        }),
        _ => {}
    }
}

/// The attributes of an item.
fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Whether what has these attributes is compiled for tests only.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) => list.path.is_ident("cfg") && names_test(list.tokens.clone()),
        Meta::NameValue(_) => false,
    })
}

/// Whether a condition names `test`, other than in a `not(…)`.
fn names_test(condition: TokenStream) -> bool {
    let mut negated = false;
    condition.into_iter().any(|token| match token {
        TokenTree::Ident(word) => {
            negated = word == "not";
            word == "test"
        }
        TokenTree::Group(group) => !negated && names_test(group.stream()),
        _ => false,
    })
}
