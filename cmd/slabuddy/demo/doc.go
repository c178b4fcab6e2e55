// Package demo shows the whole program at work, with nothing to install or configure. It runs the
// App that `serve` runs, between simulated surroundings, over real signed HTTP on loopback:
//
//	      story: beats, each at its time      people at the window
//	     ┌──────────┬──────────────┐             │ orders, speed
//	     ▼          ▼              ▼             ▼
//	workspace ⇄   App    ⇄ desk, calendar      board ──▶ window   the workspace itself, in a browser
//	     │      (SQLite)                         ▲
//	     └──────────┴──▶ watcher ────────────────┴─────▶ page     the same in words, in a terminal
//	                         └─────────────────────────▶ checks   once the story is over
//
// A director plays the story: it lets the clock run, and sets it forward while nothing is due. At the
// window people may take part, at their own pace: what they have to do with, the story leaves to them,
// and nothing is checked then.
//
// The package has more files than most, because director, board, story and checks share one App and its surroundings:
// what can do without them is below, in window and blockkit.
package demo
