package reportpage

import (
	"cmp"
	"fmt"
	"time"

	"github.com/slabuddy/slabuddy/escalation/plain"
	"github.com/slabuddy/slabuddy/escalation/policy"
	"github.com/slabuddy/slabuddy/escalation/report"
)

// Pictures are laid out on a sheet of this width, in its own units: it is scaled to the screen.
const (
	sheet  = 480
	left   = 40
	top    = 30
	height = 170 // of what is drawn within
)

// bar is a rectangle with what is said of it.
type bar struct {
	X, Y, Width, Height float64
	Middle              float64 // of its width, for the label
	Label               string  // under it; "": none, for lack of room
	Value               string  // over it
	Title               string
}

// weekly shows the part that was kept, week by week.
type weekly struct {
	Bars []bar
	Rows []report.Tally
}

func newWeekly(weeks []report.Tally) weekly {
	var w weekly
	for _, t := range weeks {
		if t.Clock == policy.FirstReply {
			w.Rows = append(w.Rows, t)
		}
	}
	step := float64(sheet-left-10) / float64(max(len(w.Rows), 1))
	for i, t := range w.Rows {
		b := column(i, step, min(step*0.7, 56))
		percent, decided := t.Attainment()
		b.Height = percent / 100 * height
		b.Y = top + height - b.Height
		b.Title = fmt.Sprintf("Week of %s: %s in time, %d kept, %d breached", t.Week, inTime(t.Counts), t.Kept, t.Breached)
		if monday, err := time.Parse(time.DateOnly, t.Week); err == nil && i%(len(w.Rows)/8+1) == 0 {
			b.Label = monday.Format("2 Jan")
		}
		if decided && len(w.Rows) <= 12 {
			b.Value = report.Percent(percent)
		}
		w.Bars = append(w.Bars, b)
	}
	return w
}

func column(i int, step, width float64) bar {
	x := left + float64(i)*step + (step-width)/2
	return bar{X: x, Width: width, Middle: x + width/2}
}

// mark is a line at a value.
type mark struct {
	X, Y  float64 // of its words
	Words string
	Side  string // where the words stand: start or end
}

// spread shows how long the first reply took, as a distribution.
type spread struct {
	Bars  []bar
	Marks []mark
}

func newSpread(f report.FirstReply) spread {
	var s spread
	most := 1
	for _, b := range f.Spread {
		most = max(most, b.Count)
	}
	step := float64(sheet-left-10) / float64(max(len(f.Spread), 1))
	for i, bucket := range f.Spread {
		b := column(i, step, step-3)
		b.Height = float64(bucket.Count) / float64(most) * height
		b.Y = top + height - b.Height
		b.Label, b.Title = upTo(bucket.UpTo), fmt.Sprintf("%s: %d", within(f.Spread, i), bucket.Count)
		if bucket.Count > 0 {
			b.Value = fmt.Sprint(bucket.Count)
		}
		s.Bars = append(s.Bars, b)
	}
	if f.Real.Count > 0 {
		s.Marks = []mark{
			{X: left + step*place(f.Spread, f.Real.Median), Y: 24, Words: "median " + report.Length(f.Real.Median)},
			{X: left + step*place(f.Spread, f.Real.P90), Y: 9, Words: "90 of 100 within " + report.Length(f.Real.P90)},
		}
		for i := range s.Marks {
			s.Marks[i].Side = "start"
			if s.Marks[i].X > sheet/2 {
				s.Marks[i].Side = "end"
			}
		}
	}
	return s
}

// place is where a value is among the buckets, in their widths.
func place(buckets []report.Bucket, seconds float64) float64 {
	lower := 0.0
	for i, b := range buckets {
		if b.UpTo > 0 && seconds <= b.UpTo {
			return float64(i) + (seconds-lower)/(b.UpTo-lower)
		}
		lower = b.UpTo
	}
	return float64(len(buckets)) - 0.5
}

func upTo(seconds float64) string {
	d := time.Duration(seconds) * time.Second
	switch {
	case d == 0:
		return "more"
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}

// within says what a bucket holds.
func within(buckets []report.Bucket, i int) string {
	if buckets[i].UpTo == 0 {
		return "more than " + report.Length(buckets[i-1].UpTo)
	}
	return "within " + report.Length(buckets[i].UpTo)
}

// Within says it for the table.
func (v view) Within(i int) string { return within(v.FirstReply.Spread, i) }

// heat shows the hours of the week: a row for each hour, a column for each day.
type heat struct {
	Cells []cell
	Days  []bar
	Hours []bar
}

// cell is one hour of the week. Its strength is that of the colour, by how many tickets were posted.
type cell struct {
	bar
	Strength string
	Breaches int
	Empty    bool // nobody was on shift for a while
}

const (
	cellWidth, cellHeight = 58, 16
	heatTop               = 24
)

func newHeat(hours []report.HourOfWeek) heat {
	var h heat
	most := 1
	for _, c := range hours {
		most = max(most, c.Tickets)
	}
	for i, c := range hours {
		day := i / 24
		x, y := float64(left+day*cellWidth), float64(heatTop+c.Hour*cellHeight)
		said := fmt.Sprintf("%s %02d:00: %d tickets, %d breaches", c.Weekday, c.Hour, c.Tickets, c.Breaches)
		if c.Empty > 0 {
			said += ", nobody on shift for " + report.Length(c.Empty)
		}
		strength := 0.0
		if c.Tickets > 0 {
			strength = 0.15 + 0.75*float64(c.Tickets)/float64(most)
		}
		h.Cells = append(h.Cells, cell{
			bar{X: x, Y: y, Width: cellWidth - 2, Height: cellHeight - 2, Middle: x + cellWidth/2 - 1, Title: said},
			fmt.Sprintf("%.2f", strength), c.Breaches, c.Empty > 0,
		})
		if c.Hour == 0 {
			h.Days = append(h.Days, bar{Middle: x + cellWidth/2, Y: heatTop - 8, Label: c.Weekday})
		}
		if day == 0 && c.Hour%3 == 0 {
			h.Hours = append(h.Hours, bar{Y: y + 12, Label: fmt.Sprintf("%02d:00", c.Hour)})
		}
	}
	return h
}

// pings shows who was mentioned how often, in the order of names.
type pings struct {
	Bars   []ping
	Height int
	More   int // people who have no room
}

type ping struct {
	bar
	Night float64 // how much of the width
}

const (
	mostPinged = 40
	pingHeight = 24
	pingLeft   = 150
	pingRight  = 110 // room for the words after the longest bar
)

func newPings(people []report.Person) pings {
	p := pings{More: max(len(people)-mostPinged, 0)}
	most := 1
	for _, one := range people {
		most = max(most, one.Reminders)
	}
	for i, one := range people[:min(len(people), mostPinged)] {
		width := float64(sheet-pingLeft-pingRight) * float64(one.Reminders) / float64(most)
		p.Bars = append(p.Bars, ping{bar{
			X: pingLeft, Y: float64(i*pingHeight + 4), Width: width, Height: pingHeight - 8, Middle: float64(i*pingHeight + 17),
			Label: short(plain.Line(one.Called())), Value: pinged(one),
			Title: fmt.Sprintf("%s: %d reminders, %d of them by night", one.Called(), one.Reminders, one.Night),
		}, width * float64(one.Night) / float64(max(one.Reminders, 1))})
	}
	p.Height = len(p.Bars)*pingHeight + 8
	return p
}

// pinged says it in numbers.
func pinged(p report.Person) string {
	if p.Night == 0 {
		return fmt.Sprint(p.Reminders)
	}
	return fmt.Sprintf("%d, %d by night", p.Reminders, p.Night)
}

// short is a name as it fits beside its bar.
func short(name string) string {
	const most = 20
	if runes := []rune(name); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return cmp.Or(name, "–")
}
