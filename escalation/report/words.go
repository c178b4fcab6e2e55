package report

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Sentence says it in one sentence that a lead can forward.
func (r Report) Sentence() string {
	whole := r.Whole()
	percent, decided := whole.Attainment()
	if !decided {
		if whole.All() == 0 {
			return "No ticket came in."
		}
		return fmt.Sprintf("Of %s, none is decided yet.", plural(whole.All(), "ticket"))
	}
	said := fmt.Sprintf("%s of %s got their first reply in time", Percent(percent), plural(whole.Kept+whole.Breached, "ticket"))
	if before, ok := r.WholeBefore().Attainment(); ok {
		said += ", " + compared(percent, before)
	}
	switch where := r.where(); {
	case whole.Breached == 0:
		return said + "; no promise was broken."
	case where != "":
		return said + "; " + where + "."
	}
	return said + "."
}

// compared puts two percentages beside each other, as they are shown.
func compared(percent, before float64) string {
	points := math.Round(percent) - math.Round(before)
	switch {
	case points > 0:
		return plural(int(points), "point") + " better than before"
	case points < 0:
		return plural(int(-points), "point") + " worse than before"
	}
	return "the same as before"
}

// spell is how many hours of the day are looked at together.
const spell = 2

// where says when most breaches fell, if many fell close together; otherwise what most of them have in common.
func (r Report) where() string {
	all, most, from := 0, 0, 0
	for i, h := range r.Hours {
		all += h.Breaches
		sum := h.Breaches
		for k := 1; k < spell && i%24+k < 24; k++ {
			sum += r.Hours[i+k].Breaches
		}
		if h.Breaches > 0 && sum > most {
			most, from = sum, i
		}
	}
	if most >= 3 && 3*most >= all {
		day := time.Weekday((from/24 + 1) % 7)
		return fmt.Sprintf("%d of %s fell on %ss from %02d:00 to %02d:00", most, plural(all, "breach"), day, from%24, min(from%24+spell, 24))
	}
	top := CauseCount{}
	for _, c := range r.Causes {
		if c.Count > top.Count {
			top = c
		}
	}
	if top.Count == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %s: %s", top.Count, plural(all, "breach"), top.Cause)
}

// Percent is a percentage as people read it. Only all is 100.
func Percent(p float64) string {
	if p < 100 {
		p = min(math.Round(p), 99)
	}
	return strconv.Itoa(int(p)) + " %"
}

func plural(n int, word string) string {
	switch {
	case n == 1:
		return "1 " + word
	case strings.HasSuffix(word, "ch"):
		return fmt.Sprintf("%d %ses", n, word)
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// Length writes so many seconds as people read them: two units at most.
func Length(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d < time.Minute:
		return strconv.FormatFloat(math.Round(d.Seconds()*10)/10, 'f', -1, 64) + " s"
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	case d < 48*time.Hour:
		d = d.Round(time.Minute)
		return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
	}
	d = d.Round(time.Hour)
	return fmt.Sprintf("%d d %d h", int(d.Hours())/24, int(d.Hours())%24)
}

// Late says by how much a promise was broken.
func (b Breach) Late() string {
	switch {
	case b.EndedAt.IsZero():
		return "still waits"
	case b.Void:
		return "never answered"
	}
	return Length(b.EndedAt.Sub(b.At).Seconds())
}

// Because says a breach's first cause, and whose doing it was.
func (b Breach) Because() string {
	said := string(b.Causes[0])
	if b.By == nil {
		return said
	}
	return said + " by " + cmp.Or(b.By.Name, b.By.ID)
}
