//! The tray in Tauri: picture, menu, and what a click on it means.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use tauri::image::Image;
use tauri::menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Wry};

use crate::shell::TrayItem;
use crate::state::TrayView;
use crate::tray_picture::{Dot, Style, draw};

/// Pixels of the picture: what a menu bar shows on a screen with double density.
const SIZE: u32 = 44;
const STYLE: Style = if cfg!(target_os = "macos") {
    Style::Template
} else {
    Style::Coloured
};

/// The tray. Without one (a desktop that has none, a library that is missing) the window works all the same.
pub(crate) struct Tray(Option<TrayIcon>);

impl Tray {
    /// Puts the icon into the tray. `folder` is private to the person and holds the picture for desktops that read it from a file.
    pub(crate) fn new(
        app: &AppHandle,
        folder: &Path,
        on_item: impl Fn(TrayItem) + Clone + Send + Sync + 'static,
    ) -> Self {
        // The library behind Linux trays is opened at run time and panics when it is not installed.
        let built = catch_unwind(AssertUnwindSafe(|| build(app, folder, on_item)));
        match built {
            Ok(Ok(icon)) => Self(Some(icon)),
            Ok(Err(error)) => {
                tracing::warn!(%error, "no tray");
                Self(None)
            }
            Err(_) => {
                tracing::warn!("no tray: libayatana-appindicator3 is not installed");
                Self(None)
            }
        }
    }

    /// Draws what changed.
    pub(crate) fn show(&self, app: &AppHandle, view: &TrayView) {
        let Some(icon) = &self.0 else { return };
        let shown = menu(app, view).and_then(|menu| {
            icon.set_menu(Some(menu))?;
            icon.set_icon_with_as_template(
                Some(picture(view.percent, view.dot)),
                STYLE == Style::Template,
            )?;
            icon.set_tooltip(Some(&view.state))
        });
        if let Err(error) = shown {
            tracing::warn!(%error, "the tray shows an older state");
        }
    }
}

fn build(
    app: &AppHandle,
    folder: &Path,
    on_item: impl Fn(TrayItem) + Clone + Send + Sync + 'static,
) -> tauri::Result<TrayIcon> {
    let on_click = on_item.clone();
    TrayIconBuilder::with_id("smapp")
        .temp_dir_path(folder)
        .icon(picture(None, Dot::Calm))
        .icon_as_template(STYLE == Style::Template)
        .tooltip("Smapp")
        .menu(&menu(app, &TrayView::from_answers(None, None, None))?)
        // On Windows a click opens the window and the other button the menu; elsewhere the menu is all there is.
        .show_menu_on_left_click(!cfg!(target_os = "windows"))
        .on_menu_event(move |_, event| {
            if let Some((item, _)) = ITEMS.iter().find(|(_, id)| event.id() == id) {
                on_item(*item);
            }
        })
        .on_tray_icon_event(move |_, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
                && cfg!(target_os = "windows")
            {
                on_click(TrayItem::Open);
            }
        })
        .build(app)
}

/// Entries with the names by which the menu reports them.
const ITEMS: [(TrayItem, &str); 5] = [
    (TrayItem::Open, "open"),
    (TrayItem::Lock, "lock"),
    (TrayItem::PauseFilling, "pause"),
    (TrayItem::ResumeFilling, "resume"),
    (TrayItem::Quit, "quit"),
];

fn menu(app: &AppHandle, view: &TrayView) -> tauri::Result<Menu<Wry>> {
    let line = |text: &str| MenuItem::new(app, text, false, None::<&str>);
    let entry = |item: TrayItem, text: &str, enabled: bool| {
        let id = ITEMS
            .iter()
            .find(|(known, _)| *known == item)
            .map_or("", |(_, id)| id);
        MenuItem::with_id(app, id, text, enabled, None::<&str>)
    };
    let separator = || PredefinedMenuItem::separator(app);
    let mut items: Vec<Box<dyn IsMenuItem<Wry>>> = vec![Box::new(line(&view.state)?)];
    if let Some(detail) = &view.detail {
        items.push(Box::new(line(detail)?));
    }
    items.push(Box::new(separator()?));
    items.push(Box::new(entry(TrayItem::Open, "Open Smapp", true)?));
    items.push(Box::new(entry(
        TrayItem::Lock,
        "Lock wallet",
        view.can_lock,
    )?));
    if view.can_pause || !view.can_resume {
        items.push(Box::new(entry(
            TrayItem::PauseFilling,
            "Pause filling",
            view.can_pause,
        )?));
    }
    if view.can_resume {
        items.push(Box::new(entry(
            TrayItem::ResumeFilling,
            "Resume filling",
            true,
        )?));
    }
    items.push(Box::new(separator()?));
    items.push(Box::new(entry(TrayItem::Quit, "Quit Smapp", true)?));
    let references: Vec<&dyn IsMenuItem<Wry>> = items.iter().map(AsRef::as_ref).collect();
    Menu::with_items(app, &references)
}

fn picture(percent: Option<u8>, dot: Dot) -> Image<'static> {
    Image::new_owned(
        draw(
            SIZE,
            percent.map(|percent| f32::from(percent) / 100.0),
            dot,
            STYLE,
        ),
        SIZE,
        SIZE,
    )
}
