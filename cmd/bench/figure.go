package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// figure is one line of the table.
type figure struct {
	name     string
	reached  float64
	unit     string
	reach    float64
	atLeast  bool   // false: at most
	baseline string // what the same run gave otherwise, and how
	failed   error  // it could not be measured
}

func (f figure) met() bool {
	switch {
	case f.failed != nil || math.IsNaN(f.reached):
		return false
	case f.atLeast:
		return f.reached >= f.reach
	}
	return f.reached <= f.reach
}

func printTable(w io.Writer, figures []figure) {
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\tfigure\treached\tto reach\tbaseline of the same run")
	for _, f := range figures {
		if f.failed != nil {
			fmt.Fprintf(t, "MISS\t%s\tfailed\t\t%v\n", f.name, f.failed)
			continue
		}
		verdict, sign := "ok", "≤"
		if f.atLeast {
			sign = "≥"
		}
		if !f.met() {
			verdict = "MISS"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s %s\t%s\n", verdict, f.name, amount(f.reached, f.unit), sign, amount(f.reach, f.unit), f.baseline)
	}
	t.Flush()
}

// amount writes a number as people do: three digits, thousands apart.
func amount(v float64, unit string) string {
	s := fmt.Sprintf("%.3g", v)
	if math.Abs(v) >= 1000 {
		s = fmt.Sprintf("%.0f", v)
		for i := len(s) - 3; i > 0; i -= 3 {
			s = s[:i] + "," + s[i:]
		}
	}
	if strings.HasPrefix(unit, "/") || unit == "×" {
		return s + unit
	}
	return s + " " + unit
}

// latencies are samples of one figure.
type latencies []time.Duration

// quantile is in milliseconds; NaN if there is no sample.
func (l latencies) quantile(q float64) float64 {
	if len(l) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(l))
	i := int(math.Ceil(q*float64(len(sorted)))) - 1
	return float64(sorted[max(i, 0)]) / float64(time.Millisecond)
}

func (l latencies) String() string {
	return fmt.Sprintf("p50 %.1f, p90 %.1f, p99 %.1f, most %.1f ms of %d",
		l.quantile(.5), l.quantile(.9), l.quantile(.99), l.quantile(1), len(l))
}

// rounds is how often the program and what it is held against take turns where speed is measured. Each is
// given its best round: other work of the machine can only slow a round down.
const rounds = 3

// best runs both, turn by turn, and returns the best rate of each.
func (b *bench) best(what, other string, program, others func() (float64, error)) (ours, theirs float64, err error) {
	for i := range rounds {
		p, err := program()
		if err != nil {
			return 0, 0, err
		}
		q, err := others()
		if err != nil {
			return 0, 0, err
		}
		b.say("%s, round %d of %d: %s, %s %s", what, i+1, rounds, amount(p, "/s"), other, amount(q, "/s"))
		ours, theirs = max(ours, p), max(theirs, q)
	}
	return ours, theirs, nil
}
