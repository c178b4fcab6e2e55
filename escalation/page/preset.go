package page

import "strings"

// Preset is a service whose format is known.
type Preset string

const (
	// GrafanaOnCall is an integration "Formatted Webhook" of Grafana OnCall or Grafana IRM; its address
	// holds its key. alert_uid groups, state "ok" resolves:
	// https://grafana.com/docs/oncall/latest/configure/integrations/references/webhook/
	GrafanaOnCall Preset = "grafana-oncall"
	// PagerDuty is an integration "Events API v2" of a PagerDuty service:
	// https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ and, as a schema,
	// https://github.com/PagerDuty/api-schema/blob/main/reference/events-v2/openapiv3.json
	PagerDuty Preset = "pagerduty"
)

// Presets are all there are.
var Presets = []Preset{GrafanaOnCall, PagerDuty}

// PagerDutyURL takes the events of all of PagerDuty's services outside the EU.
const PagerDutyURL = "https://events.pagerduty.com/v2/enqueue"

// Link says what a preset's page links to.
type Link string

const (
	LinkTicket   Link = "ticket"   // the ticket's page at the help desk
	LinkReminder Link = "reminder" // the reminder in Slack; the page waits for it
)

// field is the template's word for the link.
func (l Link) field() string {
	if l == LinkReminder {
		return "(or .Permalink .Ticket.Link)"
	}
	return ".Ticket.Link"
}

const onCallTrigger = `{"alert_uid":{{json .Key}},"title":{{json .Title}},"state":"alerting","message":{{json .Message}}` +
	`{{with LINK}},"link_to_upstream_details":{{json .}}{{end}}}`

const onCallResolve = `{"alert_uid":{{json .Key}},"title":{{json .Title}},"state":"ok","message":{{json .Message}}}`

const pagerDutyTrigger = `{"routing_key":"KEY","event_action":"trigger","dedup_key":{{json .Key}},"client":"SLA Buddy",` +
	`"payload":{"summary":{{json .Title}},"source":"SLA Buddy","severity":{{json .Severity}},"timestamp":{{json .At}},` +
	`"custom_details":{"message":{{json .Message}},"ticket":{{json .Ticket.ID}},"policy":{{json .Policy}},"tier":{{.Tier}}` +
	`{{with .Ticket.Priority}},"priority":{{json .}}{{end}}{{with .Ticket.Type}},"type":{{json .}}{{end}}` +
	`{{with .Ticket.Customer}},"customer":{{json .}}{{end}}{{with .Ticket.Subject}},"subject":{{json .}}{{end}}}}` +
	`{{with LINK}},"links":[{"href":{{json .}},"text":"TEXT"}]{{end}}}`

const pagerDutyResolve = `{"routing_key":"KEY","event_action":"resolve","dedup_key":{{json .Key}}}`

// Calls are what a preset's page sends to address, which may be a reference, with the key that names
// the service, which has to be one (PagerDuty alone has it).
func (p Preset) Calls(address, key string, link Link) (trigger, resolve Call) {
	post := func(body string) Call {
		text := "The ticket"
		if link == LinkReminder {
			text = "The reminder in Slack"
		}
		body = strings.NewReplacer("LINK", link.field(), `"KEY"`, `"`+key+`"`, "TEXT", text).Replace(body)
		return Call{Method: "POST", URL: address, Headers: map[string]string{"Content-Type": "application/json"}, Body: body, Templates: true}
	}
	if p == PagerDuty {
		return post(pagerDutyTrigger), post(pagerDutyResolve)
	}
	return post(onCallTrigger), post(onCallResolve)
}
