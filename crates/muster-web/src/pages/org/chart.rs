//! The drawing of the org chart: the manager, the employee, and some levels of reports below. Reports of reports stand below
//! each other, so that the drawing stays as wide as the page.

use super::name;
use crate::{
    pages::{frame::Frame, parts::escaped},
    wording::{number, visible},
};
use muster_core::derive::reporting_lines::Organisation;
use std::fmt::Write;

/// A box, and the distances between two of them.
const WIDTH: usize = 168;
const HEIGHT: usize = 46;
const COLUMN: usize = 188;
const ROW: usize = 130;
const LINE: usize = 58;
const INDENT: usize = 14;
/// Reports that are drawn beside each other, and below each other.
const BESIDE: usize = 5;
const BELOW: usize = 4;
/// Letters that fit into a box.
const LETTERS: usize = 23;
/// The most levels of reports.
pub(super) const LEVELS: usize = 3;

/// A finished drawing.
pub(super) struct Chart {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) svg: String,
}

/// Draws what is around an employee.
pub(super) struct Drawing<'a> {
    pub(super) organisation: &'a Organisation,
    /// Employees below each, by position.
    pub(super) below: &'a [usize],
    /// The address of the chart around an employee.
    pub(super) href: &'a dyn Fn(usize) -> String,
    pub(super) levels: usize,
}

#[derive(Default)]
struct Canvas {
    links: String,
    boxes: String,
    bottom: usize,
}

impl Drawing<'_> {
    pub(super) fn around(&self, at: usize) -> Chart {
        let mut canvas = Canvas::default();
        let reports = self.organisation.reports(at);
        let drawn = shown_of(reports.len(), BESIDE);
        let columns = (drawn + usize::from(drawn < reports.len())).max(1);
        let width = columns * COLUMN - (COLUMN - WIDTH);
        let middle = (width - WIDTH) / 2;
        let mut top = 0;
        if let Some(manager) = self.organisation.link(at).manager() {
            self.draw(&mut canvas, manager, (middle, 0), false);
            elbow(&mut canvas, (middle, 0), (middle, ROW));
            top = ROW;
        }
        self.draw(&mut canvas, at, (middle, top), true);
        for (column, report) in reports.iter().take(drawn).enumerate() {
            let place = (column * COLUMN, top + ROW);
            elbow(&mut canvas, (middle, top), place);
            self.draw(&mut canvas, *report, place, false);
            let y = place.1 + LINE;
            self.stack(&mut canvas, *report, (place.0, y), self.levels - 1);
        }
        if drawn < reports.len() {
            let place = (drawn * COLUMN, top + ROW);
            elbow(&mut canvas, (middle, top), place);
            self.more(&mut canvas, at, reports.len() - drawn, place);
        }
        Chart {
            width: width + 20,
            height: canvas.bottom + 28,
            svg: canvas.links + &canvas.boxes,
        }
    }

    /// Draws reports below each other; returns where the next one would be.
    fn stack(&self, canvas: &mut Canvas, of: usize, start: (usize, usize), levels: usize) -> usize {
        let mut y = start.1;
        if levels == 0 {
            return y;
        }
        let reports = self.organisation.reports(of);
        let drawn = shown_of(reports.len(), BELOW);
        let x = start.0 + INDENT;
        for report in reports.iter().take(drawn) {
            self.draw(canvas, *report, (x, y), false);
            y = self.stack(canvas, *report, (x, y + LINE), levels - 1);
        }
        if drawn < reports.len() {
            self.more(canvas, of, reports.len() - drawn, (x, y));
            y += LINE;
        }
        y
    }

    fn draw(&self, canvas: &mut Canvas, at: usize, (x, y): (usize, usize), is_open: bool) {
        let member = self.organisation.member(at);
        let class = match (is_open, member.status.is_employed()) {
            (true, _) => "on",
            (false, true) => "",
            (false, false) => "warn",
        };
        let title = match member.status.is_employed() {
            true => member.title.as_deref().map(visible).unwrap_or_default(),
            false => Frame::words().t("org-left"),
        };
        let more = match self.below[at] {
            0 => String::new(),
            below => number(below as u64),
        };
        let name = name(member);
        let texts = [name.as_str(), title.as_str(), more.as_str()];
        canvas.link_box(&(self.href)(at), class, texts, (x, y));
    }

    fn more(&self, canvas: &mut Canvas, of: usize, count: usize, place: (usize, usize)) {
        let text = Frame::words().n("org-more", count as u64);
        let href = format!("{}#reports", (self.href)(of));
        canvas.link_box(&href, "", [&text, "", ""], place);
    }
}

/// How many of some reports are drawn: one fewer if a box says how many are not.
fn shown_of(count: usize, most: usize) -> usize {
    match count > most {
        true => most - 1,
        false => count,
    }
}

fn elbow(canvas: &mut Canvas, (x, y): (usize, usize), to: (usize, usize)) {
    let (from, bottom, turn) = (x + WIDTH / 2, y + HEIGHT, y + HEIGHT + 42);
    let _ = write!(
        canvas.links,
        "<path class=\"link\" d=\"M{from} {bottom}V{turn}H{}V{}\"/>",
        to.0 + WIDTH / 2,
        to.1
    );
}

impl Canvas {
    /// A box with a name, a title and a number.
    fn link_box(&mut self, href: &str, class: &str, texts: [&str; 3], (x, y): (usize, usize)) {
        self.bottom = self.bottom.max(y + HEIGHT);
        let [name, title, more] = texts;
        let (left, right) = (x + 12, x + WIDTH - 10);
        let room = LETTERS.saturating_sub(more.len() + usize::from(!more.is_empty()));
        let _ = write!(
            self.boxes,
            "<a href=\"{}\" class=\"{class}\"><title>{}</title><rect class=\"box\" x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" \
             height=\"{HEIGHT}\" rx=\"6\"/><text class=\"name\" x=\"{left}\" y=\"{}\">{}</text><text class=\"title\" \
             x=\"{left}\" y=\"{}\">{}</text>",
            escaped(href),
            escaped(name),
            y + 19,
            escaped(&fitting(name, LETTERS)),
            y + 35,
            escaped(&fitting(title, room))
        );
        if !more.is_empty() {
            let _ = write!(
                self.boxes,
                "<text class=\"more\" x=\"{right}\" y=\"{}\" text-anchor=\"end\">{more}</text>",
                y + 35
            );
        }
        self.boxes.push_str("</a>");
    }
}

/// A text that fits into a box; the tree beside the drawing has all of it.
fn fitting(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_core::{
        derive::reporting_lines::ManagerLeft,
        model::{employee::Status, ids::EmployeeId},
    };

    fn member(
        id: i64,
        manager: Option<i64>,
        name: &str,
    ) -> muster_core::derive::reporting_lines::Member {
        muster_core::derive::reporting_lines::Member {
            id: EmployeeId(id),
            external_id: Some(id.to_string()),
            manager: manager.map(|id| id.to_string()),
            name: name.to_owned(),
            title: None,
            status: Status::Active,
        }
    }

    fn drawn(
        members: Vec<muster_core::derive::reporting_lines::Member>,
        at: usize,
        levels: usize,
    ) -> Chart {
        let organisation = Organisation::new(members, ManagerLeft::Keep);
        let below = organisation.below();
        Drawing {
            organisation: &organisation,
            below: &below,
            href: &|at| format!("/org?around={at}"),
            levels,
        }
        .around(at)
    }

    #[test]
    fn many_reports_are_counted_and_not_drawn() {
        let mut members = vec![member(1, None, "Ada")];
        members.extend((2..=2_001).map(|id| member(id, Some(1), "Bob")));
        let chart = drawn(members, 0, 3);
        assert_eq!(chart.svg.matches("<rect").count(), 1 + 5);
        assert!(chart.svg.contains("1,996 more people"), "{}", chart.svg);
        assert!(chart.svg.contains(">2,000</text>"), "{}", chart.svg);
        assert_eq!(chart.width, 5 * COLUMN);
    }

    #[test]
    fn each_level_adds_the_reports_of_the_level_above() {
        let chain: Vec<_> = (1..=6)
            .map(|id| member(id, (id > 1).then_some(id - 1), "Cas"))
            .collect();
        for (levels, boxes) in [(1, 3), (2, 4), (3, 5)] {
            // The manager, the employee and the levels below.
            let chart = drawn(chain.clone(), 1, levels);
            assert_eq!(chart.svg.matches("<rect").count(), boxes, "{levels}");
        }
    }

    #[test]
    fn w8_names_in_the_drawing_are_escaped_and_long_ones_end_in_dots() {
        let chart = drawn(
            vec![member(1, None, "<script>alert(1)</script> of a long name")],
            0,
            1,
        );
        assert!(!chart.svg.contains("<script>"), "{}", chart.svg);
        assert!(chart.svg.contains("…</text>"), "{}", chart.svg);
    }
}
