"""How a PDF looks: the functions of Typst that `separatrix.writers.typst` calls.

Typst measures what it sets, so the widths of columns and the breaks of equations are decided here.
"""

from __future__ import annotations

__all__ = ["STYLE"]

STYLE = r"""
#let ink = rgb("#1d2024")
#let green = rgb("#0b6e4f")
#let maths = "New Computer Modern Math"
#let mono = "DejaVu Sans Mono"
// Small digits and halves, which the fonts for text lack.
#let digits = (name: "Libertinus Serif", covers: regex("[\u{2070}-\u{209f}\u{bc}-\u{be}\u{b2}\u{b3}\u{b9}]"))

#let muted(body) = text(fill: luma(35%), body)
#let code(body) = raw(body)
#let badge(symbol, colour, word) = text(fill: colour, {
  text(font: mono, size: 0.9em, symbol)
  sym.space.nobreak
  word
})
// Typst would break a line after any sign; the writer says where.
#let m(alt, formula) = box(math.equation(alt: alt, formula.body))
// Typst spaces Latin words in Chinese by itself, but not formulas.
#let gap = h(0.22em)
// Typst lets tall formulas reach into the lines around them; in the close lines of tables they would touch.
#let tall(alt, formula) = box(inset: (y: 0.3em), math.equation(alt: alt, math.display(formula.body)))
#let ragged(body) = par(justify: false, body)
#let before(body) = block(sticky: true, body)
#let shrunk(factor, body) = text(size: factor * 1em, body)

// Sections and the parts of them, in two columns of about the same height.
#let listed(title) = context {
  let found = query(heading.where(outlined: true)).filter(it => it.level <= 2)
  if found.len() == 0 { return }
  let entry(it) = link(it.location(), block(above: if it.level == 1 { 0.75em } else { 0.5em }, below: 0pt, {
    let number = numbering(it.numbering, ..counter(heading).at(it.location()))
    let page = counter(page).at(it.location()).first()
    set text(size: 0.9em, weight: if it.level == 1 { "bold" } else { "regular" })
    // Only a paragraph has an indent, and a long title takes a second line.
    par(justify: false, hanging-indent: if it.level == 1 { 1.6em } else { 3.4em }, {
      if it.level == 2 { h(1.2em) }
      box(width: if it.level == 1 { 1.6em } else { 2.2em }, number)
      it.body
      box(width: 1fr, align(right, { h(0.5em); str(page) }))
    })
  }))
  let half = calc.ceil(found.len() / 2)
  // A section is not parted from its first part.
  if half < found.len() and found.at(half - 1).level == 1 { half -= 1 }
  block(above: 0pt, below: 1.6em, {
    strong(title)
    grid(columns: (1fr, 1fr), column-gutter: 2em,
      found.slice(0, half).map(entry).join(), found.slice(half).map(entry).join())
  })
}

// Numbers link to the notes with their sources.
#let sourced(note, marked, body) = link(label("note-" + str(note)), {
  body
  if marked { super(typographic: false, size: 0.62em, "[" + str(note) + "]") }
})
#let notes(half, below, ..items) = {
  line(length: 100%, stroke: 0.4pt + luma(60%))
  set text(size: 0.82em, fill: luma(30%))
  set par(justify: false, leading: 0.42em, spacing: 0.5em, hanging-indent: 1.6em)
  let note(k, item) = par({
    [#metadata(k) #label("note-" + str(k))]
    box(width: 1.6em, str(k))
    item
  })
  let all = items.pos().enumerate(start: 1).map(pair => note(..pair))
  grid(columns: (1fr, 1fr), column-gutter: 1.6em, all.slice(0, half).join(), all.slice(half).join())
  par(hanging-indent: 0pt, below)
}

// The rest of this page: in the largest type that leaves room for it.
#let fitted(body) = layout(size => context {
  let left = page.height - here().position().y - 17mm
  let set-in(points) = {
    set text(size: points)
    set enum(tight: false, spacing: 1.1em)
    body
  }
  let sizes = range(0, 19).map(k => 10.5pt - 0.25pt * k)
  let fits(points) = measure(set-in(points), width: size.width).height <= left
  set-in(sizes.find(fits))
})

#let article(
  title: "", subtitle: "", lang: "en", region: none, serif: (), sans: (), dense: true, contents: none,
  compact: false, sheet: false, floating: false, body,
) = {
  set document(title: title, date: none)
  let margins = (x: 24mm, top: 22mm, bottom: 24mm)
  if compact { margins = (x: 17mm, top: 14mm, bottom: 17mm) }
  set page(paper: "a4", margin: margins, numbering: if sheet { none } else { "1" })
  let symbols = (maths, "Libertinus Serif", mono)
  let size = if compact { 8.8pt } else { 10pt }
  set text(font: (digits, ..serif, ..symbols), size: size, lang: lang, region: region, fill: ink)
  let leading = if dense { 0.65em } else { 0.85em }
  set par(justify: true, leading: leading, spacing: if compact { 0.8em } else { 1em })
  set list(indent: 0.6em)
  set enum(indent: 0.6em)
  show list: set block(above: 0.9em, below: 1em)
  show enum: set block(above: 0.9em, below: 1em)
  set heading(numbering: "1.1")
  show heading: set text(font: (digits, ..sans, ..symbols), weight: "bold")
  show heading: set par(justify: false)
  show heading.where(level: 1): set text(size: if compact { 11pt } else { 13pt })
  show heading.where(level: 2): set text(size: if compact { 9.5pt } else { 11pt })
  let close = if compact { 0.7 } else { 1.0 }
  show heading.where(level: 1): set block(above: close * 1.8em, below: close * 1em)
  show heading.where(level: 2): set block(above: close * 1.5em, below: close * 0.9em)
  show math.equation: set text(font: (maths, ..serif.filter(f => type(f) == str)))
  show math.equation.where(block: true): set align(start)
  show math.equation.where(block: true): set block(above: 0.9em, below: 0.9em, breakable: true)
  show raw: set text(font: (mono, ..sans.filter(f => type(f) == str)))
  show raw.where(block: false): set text(size: 1.05em)
  show raw.where(block: true): it => block(
    fill: luma(96%), inset: 8pt, radius: 2pt, width: 100%, { set par(justify: false); it },
  )
  show figure: set block(above: close * 1.5em, below: close * 1.5em)
  // A picture goes to the next edge with room for it, and no page is left half empty.
  show figure.where(kind: image): set figure(placement: if floating { auto } else { none })
  show figure.where(kind: table): set figure.caption(position: top)
  show figure.where(kind: table): set block(breakable: true)
  show figure.caption: it => context block(sticky: it.position == top, {
    set text(size: 0.95em)
    set align(start)
    it.body
  })
  block(width: 100%, below: close * 2.2em, align(center, {
    set par(justify: false)
    block(below: 1em, text(font: (digits, ..sans, ..symbols), size: 1.55em, weight: "bold", title))
    if subtitle != "" { muted(subtitle) }
  }))
  if contents != none { listed(contents) }
  if sheet { fitted(body) } else { body }
}

#let answer(body) = block(
  width: 100%, stroke: (left: 2pt + green), inset: (left: 10pt, y: 5pt), above: 1.3em, below: 1.3em, body,
)

#let note(title, body) = block(
  width: 100%, fill: rgb("#f6f0dd"), inset: 9pt, radius: 2pt, above: 1.2em, below: 1.2em, {
    strong(title)
    body
  },
)

#let numbered-caption(kind, supplement, stop, title, explanation, between) = context {
  let number = counter(figure.where(kind: kind)).display("1")
  strong({ supplement; sym.space.nobreak; number; stop })
  title
  if explanation != "" { between; explanation }
}

// A picture as large as it was drawn, unless the page is smaller.
#let picture(supplement, stop, title, explanation, between, path, alt) = figure(
  kind: image, supplement: supplement,
  caption: numbered-caption(image, supplement, stop, title, explanation, between),
  layout(size => {
    let drawn = measure(image(path))
    let fits = calc.min(1, size.width / drawn.width, 0.8 * size.height / drawn.height)
    image(path, width: fits * drawn.width, alt: alt)
  }),
)

// ---------------------------------------------------------------- equations

#let set-in(room, part) = {
  let width = measure(part).width
  if width > room { text(size: room / width * 1em, part) } else { part.body }
}

// Each row is (left, sign, pieces, alt); a line breaks between pieces, and all signs are aligned.
#let equations(numbered, ..rows) = layout(size => {
  let rows = rows.pos()
  let indent = 1.5em.to-absolute()
  let full = size.width - indent - if numbered { 3em.to-absolute() } else { 0pt }
  let lefts = rows.map(row => measure(row.at(0)).width)
  let left = calc.max(0pt, ..lefts.filter(width => width <= 0.3 * full))
  for (row, own) in rows.zip(lefts) {
    let (name, sign, parts, alt) = row
    let after = measure(sign).width + 0.6em.to-absolute()
    let room = full - left - after
    let body = h(indent)
    if own <= left { body += h(left - own) + name.body } else {
      body += set-in(full, name) + linebreak() + h(indent + left)
    }
    body += $&$.body + sign.body
    let used = 0pt
    for part in parts {
      // A sign at the beginning of a piece gets its space only after another piece.
      let width = measure(part).width + 0.23em.to-absolute()
      if used > 0pt and used + width > room {
        body += linebreak() + $&$.body + h(after + 0.6em)
        used = 0.6em.to-absolute()
      }
      body += set-in(room - 0.6em.to-absolute(), part)
      used += width
    }
    math.equation(block: true, alt: alt, numbering: if numbered { "(1)" }, body)
  }
})

// ---------------------------------------------------------------- tables

// `wholes` holds the widest cells of each column, `atoms` the widest parts that no line breaks, `wanted` the
// proportions of the columns where cells need several lines, `tall` which rows have tall formulas: there
// words are centred vertically, because first lines would not be level.
#let tabular(aligns, heads, wholes, atoms, wanted, tall, together: true, ..cells) = layout(size => {
  set table.cell(breakable: not together)
  set text(size: 0.92em)
  set par(justify: false, leading: 0.4em)
  set text(top-edge: 0.8em, bottom-edge: -0.25em) // so that formulas and words share a baseline
  context {
    let count = aligns.len()
    let apart = 1.3em.to-absolute()
    let room = size.width - apart * (count - 1)
    let widest(contents) = calc.max(1pt, ..contents.map(content => measure(content).width + 0.5pt))
    let natural = wholes.map(widest)
    let least = atoms.map(widest)
    let factor = 1.0
    let columns = (auto,) * count
    let folded = natural.sum() > room
    if folded {
      if 0.86 * natural.sum() <= room { // a little smaller, and every cell is one line
        factor = room / natural.sum()
        folded = false
      } else {
        if least.sum() > room { factor = room / least.sum() }
        columns = least.map(width => factor * width)
        // Columns that want no more than they need keep that, none gets more than its widest cell takes, and
        // the others share what is left.
        let open = range(count)
        let left = room
        while open.len() > 0 {
          let unit = left / open.map(k => wanted.at(k)).sum()
          let tight = open.filter(k => unit * wanted.at(k) < columns.at(k))
          let full = if tight.len() > 0 { () } else { open.filter(k => unit * wanted.at(k) > natural.at(k)) }
          for k in full { columns.at(k) = natural.at(k) }
          let settled = tight + full
          if settled.len() == 0 {
            for k in open { columns.at(k) = unit * wanted.at(k) }
            break
          }
          left -= settled.map(k => columns.at(k)).sum()
          open = open.filter(k => k not in settled)
        }
      }
    }
    set text(size: factor * 1em)
    let line(thickness) = table.hline(stroke: thickness + ink)
    let first = if heads.any(head => head != "") { 1 } else { 0 }
    let titles = if first == 1 { (..heads.map(strong), line(0.5pt)) } else { () }
    let level(row) = if folded and row >= 0 and not tall.at(row, default: false) { top } else { horizon }
    let whole = table(
      columns: columns, column-gutter: apart, stroke: none,
      inset: (x: 0pt, y: if folded { 3.8pt } else { 2.6pt }),
      align: (x, y) => aligns.at(x) + level(y - first),
      table.header(line(1pt), ..titles),
      ..cells,
      table.footer(line(1pt)),
    )
    // A short table goes to the next page rather than break.
    let short = cells.pos().len() <= 15 * count and measure(whole, ..size).height < 0.3 * page.height
    align(center, block(breakable: not short, whole))
  }
})

#let titled(supplement, stop, title, explanation, body) = figure(
  kind: table, supplement: supplement,
  caption: numbered-caption(table, supplement, stop, title, muted(explanation), linebreak()), body,
)
"""
