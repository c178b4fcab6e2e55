package slacktest

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// TS is the ts that a message posted at t would have: seconds, a dot, and six digits.
func TS(t time.Time) string { return formatTS(t.UnixMicro()) }

func formatTS(micros int64) string {
	return fmt.Sprintf("%d.%06d", micros/1_000_000, micros%1_000_000)
}

// parseTS reads a ts exactly. A float would lose the last digits, which make messages differ.
func parseTS(ts string) (micros int64, ok bool) {
	whole, fraction, _ := strings.Cut(ts, ".")
	if len(fraction) > 6 {
		return 0, false
	}
	seconds, err := strconv.ParseUint(whole, 10, 40)
	if err != nil {
		return 0, false
	}
	fraction += strings.Repeat("0", 6-len(fraction))
	rest, err := strconv.ParseUint(fraction, 10, 32)
	if err != nil {
		return 0, false
	}
	return int64(seconds)*1_000_000 + int64(rest), true
}

// nextTS is unique in the workspace and never runs backwards, even if the clock does.
func (w *Workspace) nextTS(c *channel) string {
	at := max(w.opts.Now().UnixMicro(), w.lastTS+1)
	for c.all[formatTS(at)] != nil {
		at++
	}
	w.lastTS = at
	return formatTS(at)
}
