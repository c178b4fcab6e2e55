package reportpage

import (
	_ "embed"
	"html/template"
	"io"
	"time"

	"github.com/slabuddy/slabuddy/escalation/replay"
)

//go:embed assets/replay.html
var replayHTML string

var replayPage = template.Must(template.New("replay").Funcs(functions).Parse(replayHTML))

// replayView is what the page of a replay shows.
type replayView struct {
	replay.Result
	Style  template.CSS
	Script template.JS
	Policy string
	Day    func(time.Time) string
	Sides  []side
	Both   []replay.Pair
}

// side is a figure as it was and as it would be.
type side struct {
	Of         string
	Was, Would int
}

// WriteReplay writes the page of a replay.
func WriteReplay(w io.Writer, r replay.Result) error {
	v := replayView{
		Result: r, Style: template.CSS(style), Script: template.JS(script), Policy: Policy,
		Day:  inZone(r.Zone, "2 January 2006"),
		Both: r.Both(),
		Sides: []side{
			{"Kept", r.Before.Kept, r.After.Kept}, {"Breached", r.Before.Breached, r.After.Breached}, {"Withdrawn", r.Before.Withdrawn, r.After.Withdrawn},
			{"Not decided yet", r.Before.Open, r.After.Open}, {"Reminders", r.Before.Reminders, r.After.Reminders}, {"Reminders by night", r.Before.Night, r.After.Night},
		},
	}
	return write(w, replayPage, v)
}
