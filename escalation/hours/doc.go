// Package hours counts working time, and says in words how it counted (Walk, Sum).
//
//	Definition ──New──▶ Hours ──┬─ Add, Due ──▶ when so much working time has passed
//	  zone                      ├─ Elapsed ───▶ how much working time has passed
//	  week                      ├─ Spans ─────▶ what is open, what is closed, and why
//	  closed days               └─ Walk ──────▶ Fri 16:40–17:00 20 min · Sat, Sun closed · … → due Mon 09:30
//	  open days
//
// Hours are windows on the wall clock of one zone. A window is half-open, and belongs to the day it opens
// on, though it may end on the next. What counts is the real time that elapses inside: a night of 7 or 9
// hours on a day of clock change counts 7 or 9. An opening that the clock jumps over is the first instant
// after the jump. Of an opening that the clock shows twice the first counts, of a closing the last (rule
// 18).
//
// Nil Hours are around the clock.
package hours
