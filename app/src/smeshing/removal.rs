//! Removing space and freeing the old copy after a move: exactly what goes, what stays, what it costs.

use std::{fs, path::Path, sync::Arc};

use post_gpu::init::{self, Deletion};

use super::{folders::size, record, work};
use crate::{
    app::Inner,
    contract::Change,
    error::{AppError, ErrorCode},
    storage::io_error,
    view::{
        Decimal, Done, IdentityArgs, RemovalArgs, RemovalItem, RemovalView, RemoveSpaceArgs,
        Sentence, SmeshingView, Tone,
    },
};

/// Files that are listed one by one; the rest is put together.
const LISTED_MAX: usize = 50;

impl Inner {
    pub(crate) fn space_removal(
        self: &Arc<Self>,
        args: RemovalArgs,
    ) -> Result<RemovalView, AppError> {
        let identity = self.identity_view(&args.identity)?;
        let folder = self
            .smeshing
            .state()
            .records
            .get(&args.identity)
            .map(|record| record.folder.clone());
        let deletion = folder.as_deref().map(list).transpose()?;
        let mut items = deletion.as_ref().map(items).unwrap_or_default();
        let mut stays = stays(deletion.as_ref());
        let mut costs = Vec::new();
        if let Some(deletion) = &deletion {
            let text = format!("{} would have to be filled again.", size(deletion.bytes));
            costs.push(Sentence::new(
                "space.remove.costs_fill",
                text,
                [("bytes", deletion.bytes.to_string())],
            ));
        }
        match (&identity.key_file, args.remove_key) {
            (Some(path), true) => {
                items.push(RemovalItem {
                    path: path.clone(),
                    files: 1,
                    size_bytes: Decimal(fs::metadata(path).map_or(0, |file| file.len())),
                });
                costs.push(Sentence::new(
                    "space.remove.costs_key",
                    "Without a copy of the key file this identity can never be used again.",
                    [],
                ));
            }
            (Some(path), false) => stays.push(Sentence::new(
                "space.remove.stays_key",
                format!("The key file {path}."),
                [("path", path.clone())],
            )),
            (None, _) => {}
        }
        let name = identity.name;
        let question = if args.remove_key {
            Sentence::new(
                "space.remove.question_key",
                format!("Remove the identity {name} and its data?"),
                [("name", name.clone())],
            )
        } else {
            Sentence::new(
                "space.remove.question",
                format!("Remove the data of {name}?"),
                [("name", name.clone())],
            )
        };
        let total: u64 = items.iter().map(|item| item.size_bytes.0).sum();
        Ok(RemovalView {
            question,
            removed: items,
            stays,
            costs,
            typed_name: Some(name),
            total_bytes: Decimal(total),
            button: Sentence::new(
                "space.remove.button",
                format!("Remove {}", size(total)),
                [("bytes", total.to_string())],
            ),
        })
    }

    pub(crate) fn remove_space(
        self: &Arc<Self>,
        args: RemoveSpaceArgs,
    ) -> Result<SmeshingView, AppError> {
        let identity = self.identity_view(&args.identity)?;
        if args.typed_name.trim() != identity.name {
            return Err(AppError::new(ErrorCode::NameMismatch).field("typedName"));
        }
        self.end_tasks_of(&args.identity);
        let record = self.smeshing.state().records.get(&args.identity).cloned();
        if let Some(record) = record {
            if record.folder.is_dir() {
                delete(&record.folder)?;
            }
            let path = record::path(self.smeshing.folder(), &args.identity);
            fs::remove_file(&path).map_err(|error| io_error(&path, &error))?;
            self.smeshing.state().records.remove(&args.identity);
        }
        if let (Some(path), true) = (&identity.key_file, args.remove_key) {
            fs::remove_file(path).map_err(|error| io_error(Path::new(path), &error))?;
        }
        let text = Sentence::new(
            "event.deleted",
            format!("The data of {} was removed.", identity.name),
            [("name", identity.name.clone())],
        );
        self.record_event(Some(&args.identity), "deleted", Tone::Ok, text, None);
        self.tell(Change::Notices {});
        self.smeshing(Done {})
    }

    pub(crate) fn old_space_removal(
        self: &Arc<Self>,
        args: IdentityArgs,
    ) -> Result<RemovalView, AppError> {
        let name = self.identity_view(&args.identity)?.name;
        let folder = self.old_folder(&args.identity)?;
        let deletion = list(&folder)?;
        Ok(RemovalView {
            question: Sentence::new(
                "space.free.question",
                format!("Free the old copy of {name}?"),
                [("name", name.clone())],
            ),
            removed: items(&deletion),
            stays: {
                let mut stays = stays(Some(&deletion));
                stays.push(Sentence::new(
                    "space.free.stays",
                    "The data in its new folder, compared byte by byte.",
                    [],
                ));
                stays
            },
            costs: Vec::new(),
            typed_name: None,
            total_bytes: Decimal(deletion.bytes),
            button: Sentence::new(
                "space.free.button",
                format!("Free {}", size(deletion.bytes)),
                [("bytes", deletion.bytes.to_string())],
            ),
        })
    }

    pub(crate) fn free_old_space(
        self: &Arc<Self>,
        args: IdentityArgs,
    ) -> Result<SmeshingView, AppError> {
        let folder = self.old_folder(&args.identity)?;
        if folder.is_dir() {
            delete(&folder)?;
        }
        self.edit_record(&args.identity, |record| record.old_folder = None)?;
        self.tell(Change::Smeshing {});
        self.smeshing(Done {})
    }

    fn old_folder(&self, identity: &str) -> Result<std::path::PathBuf, AppError> {
        let state = self.smeshing.state();
        let record = state
            .records
            .get(identity)
            .ok_or_else(|| AppError::new(ErrorCode::IdentityNotFound).field("identity"))?;
        record.old_folder.clone().ok_or_else(|| {
            AppError::with(ErrorCode::NoSpaceData, "There is no old copy.").field("identity")
        })
    }
}

/// Deletes what is listed at this moment; the folder too, unless something of others is in it.
fn delete(folder: &Path) -> Result<(), AppError> {
    init::delete(folder, &list(folder)?).map_err(|error| work::init_error(&error))
}

fn list(folder: &Path) -> Result<Deletion, AppError> {
    if !folder.exists() {
        return Ok(Deletion {
            files: Vec::new(),
            bytes: 0,
            stays: Vec::new(),
        });
    }
    init::deletion(folder).map_err(|error| work::init_error(&error))
}

fn items(deletion: &Deletion) -> Vec<RemovalItem> {
    let item = |(path, bytes): &(std::path::PathBuf, u64)| RemovalItem {
        path: path.display().to_string(),
        files: 1,
        size_bytes: Decimal(*bytes),
    };
    let mut items: Vec<RemovalItem> = deletion.files.iter().take(LISTED_MAX).map(item).collect();
    if let Some(rest) = deletion
        .files
        .get(LISTED_MAX..)
        .filter(|rest| !rest.is_empty())
    {
        let folder = rest[0]
            .0
            .parent()
            .unwrap_or(Path::new(""))
            .join("postdata_*.bin");
        items.push(RemovalItem {
            path: folder.display().to_string(),
            files: u32::try_from(rest.len()).unwrap_or(u32::MAX),
            size_bytes: Decimal(rest.iter().map(|(_, bytes)| bytes).sum()),
        });
    }
    items
}

fn stays(deletion: Option<&Deletion>) -> Vec<Sentence> {
    let mut stays = vec![Sentence::new(
        "space.remove.stays_wallet",
        "Wallets, coins and rewards.",
        [],
    )];
    if let Some(count) = deletion
        .map(|deletion| deletion.stays.len())
        .filter(|count| *count > 0)
    {
        let text = format!("{count} other files or folders in the same folder.");
        stays.push(Sentence::new(
            "space.remove.stays_others",
            text,
            [("count", count.to_string())],
        ));
    }
    stays
}
