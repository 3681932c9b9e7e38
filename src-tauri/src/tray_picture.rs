//! The tray picture, drawn: the icon's ring, with an arc for the progress of a task and the dot's colour for what needs a person.
//!
//! The geometry is that of `icons/smapp-small.svg` on its grid of 32: a ring of radius 9 around the middle with one gap at the upper right,
//! the dot in the gap, one bar inside. A picture is a function of its arguments, so nothing is animated and nothing is kept.

/// What the dot says. Colour means a deviation; without one the dot is the icon's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Dot {
    /// Nothing needs a person.
    #[default]
    Calm,
    /// Costs something if nobody acts.
    Attention,
    /// Something failed.
    Failed,
}

/// How the system shows the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// In the icon's colours, on its tile.
    Coloured,
    /// Black with transparency; the system picks the colour (macOS menu bar).
    Template,
}

type Rgb = [u8; 3];
const TILE: Rgb = [0x0e, 0x2f, 0x39];
const INK: Rgb = [0xf2, 0xf5, 0xf5];
const ACCENT: Rgb = [0x62, 0xc6, 0xda];
/// `--c-warn-mark` and `--c-danger` of the dark theme: the tile is dark in both.
const AMBER: Rgb = [0xd9, 0x9a, 0x35];
const RED: Rgb = [0xff, 0x92, 0x88];
const BLACK: Rgb = [0, 0, 0];

/// Sides of the square of samples that one pixel averages.
const SAMPLES: u32 = 4;
/// Where the ring begins (just below the dot) and how far it goes clockwise, in degrees. The rest is the gap.
const RING_START: f32 = -16.2;
const RING_SWEEP: f32 = 302.4;
/// How strong the part of the ring is that the task has not reached yet.
const TRACK: f32 = 0.32;

/// The picture as rows of RGBA, `size` × `size` pixels, alpha not premultiplied. `progress` is the done part of a task, 0 to 1; `None` without
/// a task, and then the ring is whole.
pub(crate) fn draw(size: u32, progress: Option<f32>, dot: Dot, style: Style) -> Vec<u8> {
    let mut rows = Vec::with_capacity((size * size * 4) as usize);
    for y in 0..size {
        for x in 0..size {
            rows.extend_from_slice(&pixel(size, x, y, progress, dot, style));
        }
    }
    rows
}

/// The mean of the samples inside one pixel.
fn pixel(size: u32, x: u32, y: u32, progress: Option<f32>, dot: Dot, style: Style) -> [u8; 4] {
    let scale = 32.0 / (size * SAMPLES) as f32;
    let mut sum = [0.0_f32; 4];
    for row in 0..SAMPLES {
        for column in 0..SAMPLES {
            let at = |pixel: u32, part: u32| ((pixel * SAMPLES + part) as f32 + 0.5) * scale;
            let (rgb, alpha) = sample(at(x, column), at(y, row), progress, dot, style);
            for (channel, value) in sum.iter_mut().zip(rgb) {
                *channel += f32::from(value) * alpha;
            }
            sum[3] += alpha;
        }
    }
    if sum[3] <= 0.0 {
        return [0; 4];
    }
    let channel = |value: f32| (value / sum[3]).round() as u8;
    let alpha = (sum[3] / (SAMPLES * SAMPLES) as f32 * 255.0).round() as u8;
    [channel(sum[0]), channel(sum[1]), channel(sum[2]), alpha]
}

/// Colour and opacity at a point of the grid of 32.
fn sample(x: f32, y: f32, progress: Option<f32>, dot: Dot, style: Style) -> (Rgb, f32) {
    let (ink, back, dot_colour) = match style {
        Style::Template => (BLACK, (BLACK, 0.0), BLACK),
        Style::Coloured => {
            let colour = match dot {
                Dot::Calm => ACCENT,
                Dot::Attention => AMBER,
                Dot::Failed => RED,
            };
            (
                INK,
                (
                    TILE,
                    if in_rounded(x, y, [0.0, 0.0, 32.0, 32.0], 7.0) {
                        1.0
                    } else {
                        0.0
                    },
                ),
                colour,
            )
        }
    };
    if hypot(x - 23.3, y - 8.7) <= 3.5 {
        return (dot_colour, 1.0);
    }
    if in_rounded(x, y, [11.0, 14.4, 10.0, 3.4], 1.7) {
        return (ink, 1.0);
    }
    match (ring_place(x, y), progress) {
        (None, _) => back,
        (Some(_), None) => (ink, 1.0),
        (Some(place), Some(done)) if place <= done.clamp(0.0, 1.0) => (ink, 1.0),
        (Some(_), Some(_)) => match style {
            Style::Template => (BLACK, TRACK),
            Style::Coloured => (mix(TILE, INK, TRACK), 1.0),
        },
    }
}

/// How far along the ring a point lies, 0 to 1 clockwise from the dot; `None` beside the ring.
fn ring_place(x: f32, y: f32) -> Option<f32> {
    let (dx, dy) = (x - 16.0, y - 16.0);
    if (hypot(dx, dy) - 9.0).abs() > 1.8 {
        return None;
    }
    let along = (dy.atan2(dx).to_degrees() - RING_START).rem_euclid(360.0);
    (along <= RING_SWEEP).then_some(along / RING_SWEEP)
}

/// Whether a point lies in the rectangle `[x, y, width, height]` with corners of the given radius.
fn in_rounded(x: f32, y: f32, [left, top, width, height]: [f32; 4], radius: f32) -> bool {
    let beyond = |at: f32, from: f32, length: f32| {
        ((at - (from + length / 2.0)).abs() - (length / 2.0 - radius)).max(0.0)
    };
    hypot(beyond(x, left, width), beyond(y, top, height)) <= radius
}

fn mix(from: Rgb, to: Rgb, part: f32) -> Rgb {
    let channel =
        |i: usize| (f32::from(from[i]) * (1.0 - part) + f32::from(to[i]) * part).round() as u8;
    [channel(0), channel(1), channel(2)]
}

fn hypot(a: f32, b: f32) -> f32 {
    (a * a + b * b).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: u32 = 32;

    fn at(picture: &[u8], x: u32, y: u32) -> [u8; 4] {
        let start = ((y * SIZE + x) * 4) as usize;
        [
            picture[start],
            picture[start + 1],
            picture[start + 2],
            picture[start + 3],
        ]
    }

    /// Pixels of full ink, which are the bar and the done part of the ring.
    fn inked(progress: Option<f32>) -> usize {
        let picture = draw(SIZE, progress, Dot::Calm, Style::Coloured);
        picture
            .chunks_exact(4)
            .filter(|pixel| *pixel == [INK[0], INK[1], INK[2], 255])
            .count()
    }

    #[test]
    fn the_arc_grows_with_the_task_and_a_finished_one_is_the_whole_ring() {
        let counts: Vec<usize> = [0.0, 0.25, 0.5, 0.75, 1.0]
            .into_iter()
            .map(|done| inked(Some(done)))
            .collect();
        assert!(
            counts.windows(2).all(|pair| pair[0] < pair[1]),
            "{counts:?}"
        );
        assert_eq!(counts[4], inked(None));
        assert_eq!(
            inked(Some(7.0)),
            inked(None),
            "a progress beyond the end is the end"
        );
    }

    #[test]
    fn the_dot_has_the_colour_of_what_is_needed() {
        for (dot, colour) in [
            (Dot::Calm, ACCENT),
            (Dot::Attention, AMBER),
            (Dot::Failed, RED),
        ] {
            let picture = draw(SIZE, None, dot, Style::Coloured);
            assert_eq!(at(&picture, 23, 8), [colour[0], colour[1], colour[2], 255]);
        }
    }

    #[test]
    fn a_template_is_black_and_has_no_tile() {
        let picture = draw(SIZE, Some(0.5), Dot::Failed, Style::Template);
        assert!(picture.chunks_exact(4).all(|pixel| pixel[..3] == BLACK));
        assert_eq!(at(&picture, 2, 16), [0; 4]);
        assert_eq!(at(&picture, 16, 16)[3], 255, "the bar");
    }

    #[test]
    fn the_tile_has_round_corners_and_the_ring_its_gap() {
        let picture = draw(SIZE, None, Dot::Calm, Style::Coloured);
        assert_eq!(at(&picture, 0, 0)[3], 0);
        assert_eq!(at(&picture, 16, 1), [TILE[0], TILE[1], TILE[2], 255]);
        assert_eq!(
            at(&picture, 16, 24),
            [INK[0], INK[1], INK[2], 255],
            "the ring's lowest point"
        );
    }
}
