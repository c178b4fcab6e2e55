package reportpage

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/slabuddy/slabuddy/escalation/plain"
	"github.com/slabuddy/slabuddy/escalation/report"
)

var (
	//go:embed assets/page.html
	pageHTML string
	//go:embed assets/page.css
	style string
	//go:embed assets/page.js
	script string
)

// Policy is the page's Content-Security-Policy: its own style and script, and nothing else. The page itself says
// it too.
var Policy = "default-src 'none'; style-src '" + hashed(style) + "'; script-src '" + hashed(script) + "'; base-uri 'none'; form-action 'none'"

func hashed(source string) string {
	sum := sha256.Sum256([]byte(source))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

var page = template.Must(template.New("report").Funcs(functions).Parse(pageHTML))

var functions = template.FuncMap{
	"length": report.Length, "capital": capital, "inTime": inTime, "lateness": lateness,
	"line":    func(s string) string { return plain.Cut(plain.Line(s), mostWords) },
	"tickets": tickets,
}

// mostWords are shown of what others wrote: a subject may have thousands.
const mostWords = 160

// view is what the page shows.
type view struct {
	report.Report
	Style    template.CSS
	Script   template.JS
	Policy   string
	Zoned    func(time.Time) string // short
	Day      func(time.Time) string
	Tallies  []row
	Weekly   weekly
	Spread   spread
	Waits    []wait
	Heat     heat
	Pings    pings
	Busy     []report.HourOfWeek // hours of the week in which something happened
	HasNames bool                // a rotation is known: hours of shift are shown
}

// wait is how long customers waited, in one way of counting.
type wait struct {
	Of string
	report.Latency
}

// row is a tally beside that of the span before.
type row struct {
	report.Tally
	Before string
}

// Write writes the page.
func Write(w io.Writer, r report.Report) error {
	v := view{
		Report: r, Style: template.CSS(style), Script: template.JS(script), Policy: Policy,
		Zoned: inZone(r.Zone, "Mon 2 Jan 15:04"), Day: inZone(r.Zone, "2 January 2006"),
		Weekly: newWeekly(r.Weeks), Spread: newSpread(r.FirstReply), Heat: newHeat(r.Hours), Pings: newPings(r.People),
	}
	for _, w := range []wait{
		{"Real time", r.FirstReply.Real}, {"Real time, before", r.FirstReplyBefore.Real},
		{"Working time", r.FirstReply.Working}, {"Working time, before", r.FirstReplyBefore.Working},
	} {
		if w.Count > 0 {
			v.Waits = append(v.Waits, w)
		}
	}
	before := map[[2]string]report.Counts{}
	for _, t := range r.Before {
		before[[2]string{string(t.Clock), t.Policy}] = t.Counts
	}
	for _, t := range r.Clocks {
		v.Tallies = append(v.Tallies, row{t, inTime(before[[2]string{string(t.Clock), t.Policy}])})
	}
	for _, h := range r.Hours {
		if h.Tickets > 0 || h.Breaches > 0 || h.Empty > 0 {
			v.Busy = append(v.Busy, h)
		}
	}
	for _, p := range r.People {
		v.HasNames = v.HasNames || p.ShiftHours > 0
	}
	return write(w, page, v)
}

// inZone writes times in a zone, or in UTC if this machine does not know it.
func inZone(name, layout string) func(time.Time) string {
	zone, err := time.LoadLocation(name)
	if err != nil {
		zone = time.UTC
	}
	return func(t time.Time) string { return t.In(zone).Format(layout) }
}

// write writes the whole page or nothing of it.
func write(w io.Writer, t *template.Template, v any) error {
	var out bytes.Buffer
	if err := t.Execute(&out, v); err != nil {
		return err
	}
	_, err := out.WriteTo(w)
	return err
}

// inTime is the part that was kept, as people read it.
func inTime(c report.Counts) string {
	if percent, ok := c.Attainment(); ok {
		return report.Percent(percent)
	}
	return "–"
}

// lateness is what breaches are sorted by: those that nobody ever answered come after all others.
func lateness(b report.Breach) float64 {
	const ever = 1e12
	switch {
	case b.EndedAt.IsZero():
		return 2 * ever
	case b.Void:
		return ever
	}
	return b.EndedAt.Sub(b.At).Seconds()
}

func tickets(n int) string {
	if n == 1 {
		return "1 ticket"
	}
	return fmt.Sprint(n, " tickets")
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
