//! What the names in a module or a block stand for, and where it is defined.

use crate::tree::Tree;
use std::collections::{BTreeSet, HashMap};
use syn::{Item, ItemUse, UseTree};

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// A module, by number.
    Module(usize),
    /// An item: the number of the file that defines it, and its name there.
    Item(usize, String),
}

/// What one name stands for where it is written.
enum Meaning {
    Module(usize),
    Defined,
    Imported(Vec<String>),
}

/// The names of a module or a block.
#[derive(Default)]
pub(crate) struct Names {
    meanings: HashMap<String, Vec<Meaning>>,
    /// Paths of which everything is imported.
    globs: Vec<Vec<String>>,
    /// Macros that are defined here.
    macros: BTreeSet<String>,
    /// Whether macros are called here, which may define more names.
    generates: bool,
}

impl Names {
    /// The names that some items define or import.
    pub(crate) fn of<'i>(items: impl IntoIterator<Item = &'i Item>) -> Self {
        let mut names = Self::default();
        for item in items {
            let defined = match item {
                Item::Const(item) => &item.ident,
                Item::Enum(item) => &item.ident,
                Item::Fn(item) => &item.sig.ident,
                Item::Static(item) => &item.ident,
                Item::Struct(item) => &item.ident,
                Item::Trait(item) => &item.ident,
                Item::TraitAlias(item) => &item.ident,
                Item::Type(item) => &item.ident,
                Item::Union(item) => &item.ident,
                Item::Macro(item) => match &item.ident {
                    Some(ident) => {
                        names.macros.insert(ident.to_string());
                        ident
                    }
                    None => {
                        names.generates = true;
                        continue;
                    }
                },
                Item::Use(item) => {
                    names.import(item);
                    continue;
                }
                _ => continue,
            };
            names.add(defined.to_string(), Meaning::Defined);
        }
        names
    }

    /// Adds a module that is declared here.
    pub(crate) fn add_module(&mut self, name: &str, module: usize) {
        self.add(name.to_owned(), Meaning::Module(module));
    }

    fn add(&mut self, name: String, meaning: Meaning) {
        self.meanings.entry(name).or_default().push(meaning);
    }

    fn import(&mut self, item: &ItemUse) {
        for import in imports(item) {
            match import.name {
                Some(name) => self.add(name, Meaning::Imported(import.path)),
                None => self.globs.push(import.path),
            }
        }
    }
}

/// One name of a `use`, or all of a module.
pub(crate) struct Import {
    /// The name here; none for `*`.
    pub(crate) name: Option<String>,
    /// The path to it.
    pub(crate) path: Vec<String>,
}

/// All imports of a `use`; none if it is of another crate by its leading `::`.
pub(crate) fn imports(item: &ItemUse) -> Vec<Import> {
    let mut found = Vec::new();
    if item.leading_colon.is_none() {
        collect_imports(&item.tree, &mut Vec::new(), &mut found);
    }
    found
}

fn collect_imports(tree: &UseTree, path: &mut Vec<String>, found: &mut Vec<Import>) {
    let depth = path.len();
    match tree {
        UseTree::Path(part) => {
            path.push(part.ident.to_string());
            collect_imports(&part.tree, path, found);
        }
        UseTree::Name(part) => {
            // In braces, `self` is the module before them.
            path.extend((part.ident != "self" || path.is_empty()).then(|| part.ident.to_string()));
            found.push(Import { name: path.last().cloned(), path: path.clone() });
        }
        UseTree::Rename(part) => {
            path.extend((part.ident != "self" || path.is_empty()).then(|| part.ident.to_string()));
            found.push(Import { name: Some(part.rename.to_string()), path: path.clone() });
        }
        UseTree::Glob(_) => found.push(Import { name: None, path: path.clone() }),
        UseTree::Group(group) => group.items.iter().for_each(|tree| collect_imports(tree, path, found)),
    }
    path.truncate(depth);
}

/// Imports and globs that are being followed; one that leads back to itself leads nowhere.
type Followed = Vec<(usize, String, bool)>;

impl Tree {
    /// What a path leads to that is written in a module, inside some blocks, the innermost last. A path goes on from modules
    /// only: what belongs to a type is defined where the type is.
    pub(crate) fn resolve(&self, module: usize, blocks: &[Names], path: &[String]) -> Vec<Target> {
        let local = path.first().and_then(|first| {
            let meanings = blocks.iter().rev().find_map(|names| names.meanings.get(first))?;
            Some(self.meant(module, first, meanings, &mut Vec::new()))
        });
        match local {
            Some(targets) => self.walk(targets, &path[1..], &mut Vec::new()),
            None => self.resolve_in(module, path, &mut Vec::new()),
        }
    }

    /// The file of a macro that is called by its bare name: it is defined here or further up.
    pub(crate) fn macro_file(&self, module: usize, name: &str) -> Option<usize> {
        let mut next = Some(module);
        while let Some(module) = next.map(|id| &self.modules[id]) {
            if module.names.macros.contains(name) {
                return Some(module.file);
            }
            next = module.parent;
        }
        None
    }

    fn resolve_in(&self, module: usize, path: &[String], followed: &mut Followed) -> Vec<Target> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        let targets = match first.as_str() {
            "crate" => vec![Target::Module(self.root(module))],
            "self" => vec![Target::Module(module)],
            "super" => self.modules[module].parent.map(Target::Module).into_iter().collect(),
            name => {
                let found = self.lookup(module, name, followed);
                let own = found.is_empty() && name == self.name.replace('-', "_");
                if own { self.library.map(Target::Module).into_iter().collect() } else { found }
            }
        };
        self.walk(targets, rest, followed)
    }

    fn walk(&self, targets: Vec<Target>, rest: &[String], followed: &mut Followed) -> Vec<Target> {
        let Some((next, rest)) = rest.split_first() else { return targets };
        let modules: Vec<_> =
            targets.iter().filter_map(|t| if let Target::Module(m) = t { Some(*m) } else { None }).collect();
        if modules.is_empty() {
            return targets;
        }
        let step = |&module: &usize| match next.as_str() {
            "super" => self.modules[module].parent.map(Target::Module).into_iter().collect(),
            "self" => vec![Target::Module(module)],
            name => match self.lookup(module, name, followed) {
                found if found.is_empty() && self.modules[module].names.generates => {
                    vec![Target::Item(self.modules[module].file, name.to_owned())]
                }
                found => found,
            },
        };
        let found: BTreeSet<_> = modules.iter().flat_map(step).collect();
        self.walk(found.into_iter().collect(), rest, followed)
    }

    /// What a name stands for in a module; names that are written there hide those of `*`.
    fn lookup(&self, module: usize, name: &str, followed: &mut Followed) -> Vec<Target> {
        let names = &self.modules[module].names;
        if let Some(meanings) = names.meanings.get(name) {
            return self.meant(module, name, meanings, followed);
        }
        self.follow(module, name, true, followed, |followed| {
            let paths = names.globs.iter();
            let modules = paths.flat_map(|path| self.resolve_in(module, path, followed)).collect::<BTreeSet<_>>();
            let lookup = |target| match target {
                Target::Module(inner) => self.lookup(inner, name, followed),
                Target::Item(..) => Vec::new(),
            };
            modules.into_iter().flat_map(lookup).collect()
        })
    }

    fn meant(&self, module: usize, name: &str, meanings: &[Meaning], followed: &mut Followed) -> Vec<Target> {
        let target = |meaning: &Meaning| match meaning {
            Meaning::Module(id) => vec![Target::Module(*id)],
            Meaning::Defined => vec![Target::Item(self.modules[module].file, name.to_owned())],
            Meaning::Imported(path) => {
                self.follow(module, name, false, followed, |followed| self.resolve_in(module, path, followed))
            }
        };
        meanings.iter().flat_map(target).collect()
    }

    fn follow(
        &self,
        module: usize,
        name: &str,
        glob: bool,
        followed: &mut Followed,
        further: impl FnOnce(&mut Followed) -> Vec<Target>,
    ) -> Vec<Target> {
        let step = (module, name.to_owned(), glob);
        if followed.contains(&step) {
            return Vec::new();
        }
        followed.push(step);
        let targets = further(followed);
        followed.pop();
        targets
    }
}
