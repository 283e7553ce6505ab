//! Plain tables for the terminal.

/// Prints rows under a head, each column as wide as its widest cell.
pub fn print(head: &[&str], rows: &[Vec<String>]) {
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    println!("{}", line(&widths, head.iter().copied()));
    let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    println!("{}", line(&widths, rules.iter().map(String::as_str)));
    for row in rows {
        println!("{}", line(&widths, row.iter().map(String::as_str)));
    }
}

fn line<'a>(widths: &[usize], cells: impl Iterator<Item = &'a str>) -> String {
    let cells = widths.iter().zip(cells).map(|(width, cell)| format!("{cell:<width$}"));
    cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}
