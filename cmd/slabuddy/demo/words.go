package demo

import (
	"fmt"

	"github.com/slabuddy/slabuddy/cmd/slabuddy/app"
)

// introduce says what there is to see, and where to look behind it.
func introduce(p *page, o Options, a *app.App, url string) {
	speed := fmt.Sprintf("%s each second, quiet hours are left out, and Ctrl-C ends it.", minutes(o.Speed))
	if o.Once {
		speed = "The clock jumps from one due time to the next."
	}
	if url != "" {
		speed += "\n\n" + markBold + "Open " + url + markPlain + "\nto see it in Slack, as it were, and to take part. Here is what happens, in words:"
	}
	p.line(`%sSLA Buddy: the demo%s

A support team, its Slack workspace, help desk and shift calendar are simulated
on this machine. The program between them is the real one: it hears Slack's
signed events, asks the help desk and the calendar, and posts its reminders, all
over HTTP, as "slabuddy serve" does. It is Monday, 08:55.
%s

  #enterprise  tickets of the Enterprise plan: reminders after 10, 20, 35, 50 min
  #teams       tickets of the Teams plan: reminders after 1, 3, 6 and 12 hours
  #business    tickets of the Business plan, from nine to five: a first reply
               in 1 h, each next one in 1 h, a solution in 4 h, with warnings

  Each reminder (a tier) calls more people than the one before: who is on shift
  and has their hands free, everybody on shift, @support, @head-of-success.

  Bob, Chloe   are on shift today
  Ana          is on shift too, but embedded: she works on a product, Auth,
               and is spared at first
  Dev          is on shift tonight

  Slack's events go to    %s
  metrics                 curl http://%s/metrics
  the configuration       slabuddy demo --print-config`, markBold, markPlain, speed, eventsURL(a), a.AdminAddr())
}

func minutes(n float64) string {
	if n == 1 {
		return "A minute passes"
	}
	return fmt.Sprintf("%g minutes pass", n)
}

// sendOff says how to go on.
func sendOff(p *page) {
	p.item("", `To try it with your own team, follow README.md: "Install in Slack", "Configure", "Run for real".`)
}
