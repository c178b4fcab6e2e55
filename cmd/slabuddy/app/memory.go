package app

import "runtime/debug"

// gcPercent is how much garbage may gather, as a part of what is alive. Little is ever alive here, a
// few MiB, and Go's default would collect hundreds of times a second while an outage is caught up
// with, for a sixth of all processor time.
const gcPercent = 400

// TuneMemory sets the garbage collector for what this program does, unless the operator has (GOGC).
func TuneMemory(getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// reviewPercent is the same for a command that looks back: it holds some hundred timelines with their history, and
// runs beside the bot.
const reviewPercent = 250

// TuneReview is TuneMemory for a command that looks back: report and replay.
func TuneReview(getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(reviewPercent)
	}
}
