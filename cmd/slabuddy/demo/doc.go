// Package demo shows the whole program at work, with nothing to install or configure. It runs the
// App that `serve` runs, between simulated surroundings, over real signed HTTP on loopback:
//
//	      story: beats, each at its time
//	     ┌──────────┬──────────────┐
//	     ▼          ▼              ▼
//	workspace ⇄   App    ⇄ desk, calendar
//	     │      (SQLite)
//	     └──────────┴──▶ watcher ──▶ page     what was said in Slack, and what the App made of it
//	                         └─────▶ checks   once the story is over
//
// A director plays the story: it lets the clock run, and sets it forward while nothing is due.
//
// Nobody in it knows of the terminal but the page, so that something else may show the same.
package demo
