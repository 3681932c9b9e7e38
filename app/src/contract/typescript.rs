//! Writes `ui/src/bindings.ts`: every view type, the interface of commands, changes and what they make stale.

use std::{any::TypeId, collections::BTreeMap, collections::BTreeSet, fmt::Write as _};

use ts_rs::{Config, TS, TypeVisitor};

use super::{ChangeKind, CommandKind, commands, table::with_commands};
use crate::view::*;

/// The whole file.
pub fn bindings() -> String {
    let mut types = Types::default();
    let signatures = signatures(&mut types);
    types.visit::<super::Change>();
    types.visit::<ErrorView>();

    let mut out = String::from(HEADER);
    for declaration in types.declarations.values() {
        out.push_str(declaration);
        out.push('\n');
    }
    write_commands(&mut out, &signatures);
    write_query_keys(&mut out);
    write_stale_after(&mut out);
    // The exporter leaves blanks at the ends of lines.
    out.lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

const HEADER: &str = "// Made from the Rust types of `app/` by its test `bindings`; changes here are lost.\n// 64-bit numbers are decimal strings, instants are RFC 3339 in UTC.\n\n";

/// Arguments and result of one command in TypeScript.
struct Signature {
    name: &'static str,
    args: Option<String>,
    result: String,
}

/// Declarations of all types seen so far, by name so that the file does not depend on the order of visits.
#[derive(Default)]
struct Types {
    seen: BTreeSet<TypeId>,
    declarations: BTreeMap<String, String>,
    config: Config,
}

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        if T::output_path().is_some() {
            let mut text = T::docs().unwrap_or_default();
            let _ = writeln!(text, "export {}", T::decl(&self.config));
            self.declarations.insert(T::ident(&self.config), text);
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

macro_rules! signatures {
    ($( #[doc = $doc:literal] $kind:ident $name:ident($($args:ty)?) -> $result:ty, $access:ident; )+) => {
        fn signatures(types: &mut Types) -> Vec<Signature> {
            vec![$( {
                let args: Option<String> = None $( .or({ types.visit::<$args>(); Some(<$args as TS>::name(&types.config)) }) )?;
                types.visit::<$result>();
                Signature { name: stringify!($name), args, result: <$result as TS>::name(&types.config) }
            }, )+]
        }
    };
}
with_commands!(signatures);

fn write_commands(out: &mut String, signatures: &[Signature]) {
    out.push_str("/** Every command by name: what goes in and what comes out. A transport is one function `call(name, args)`. */\nexport interface Commands {\n");
    for (signature, info) in signatures.iter().zip(commands()) {
        let args = signature
            .args
            .as_ref()
            .map(|ty| format!("args: {ty}"))
            .unwrap_or_default();
        let _ = writeln!(
            out,
            "  /**{} */\n  {}({args}): Promise<{}>;",
            info.doc, signature.name, signature.result
        );
    }
    out.push_str("}\n\nexport type CommandName = keyof Commands;\n\n");
    out.push_str("/** Commands that change nothing and may be cached under their name. */\nexport const queries = [\n");
    for info in commands()
        .iter()
        .filter(|info| info.kind == CommandKind::Query)
    {
        let _ = writeln!(out, "  \"{}\",", info.name);
    }
    out.push_str("] as const;\n\n");
    out.push_str("/** Commands that work only with an unlocked wallet; otherwise they fail with the code `locked`. */\nexport const needsUnlocked = [\n");
    for info in commands()
        .iter()
        .filter(|info| info.access == super::Access::Unlocked)
    {
        let _ = writeln!(out, "  \"{}\",", info.name);
    }
    out.push_str("] as const satisfies readonly CommandName[];\n\n");
}

fn write_query_keys(out: &mut String) {
    out.push_str("/** Name of a query, first part of its key in the cache. */\nexport type QueryKey = (typeof queries)[number];\n\n");
}

fn write_stale_after(out: &mut String) {
    out.push_str("/** Which queries a change makes stale. `\"*\"`: all of them, since the subscriber missed something. */\n");
    out.push_str(
        "export const staleAfter: Record<Change[\"kind\"], readonly QueryKey[] | \"*\"> = {\n",
    );
    for kind in ChangeKind::ALL {
        let name = serde_json::to_value(kind)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default();
        if kind.stale() == ["*"] {
            let _ = writeln!(out, "  {name}: \"*\",");
        } else {
            let quoted: Vec<String> = kind
                .stale()
                .iter()
                .map(|query| format!("\"{query}\""))
                .collect();
            let _ = writeln!(out, "  {name}: [{}],", quoted.join(", "));
        }
    }
    out.push_str("};\n");
}
