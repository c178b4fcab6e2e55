package install

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"log/slog"
	"net/http"

	"github.com/slabuddy/slabuddy/escalation/setup"
)

// words are what a page says.
type words struct {
	title, text string
}

// refusal is an installation that was not made. Its cause is for the log: the page does not show it.
type refusal struct {
	status int
	words  words
	cause  error
}

func (r refusal) Error() string { return r.words.title }
func (r refusal) Unwrap() error { return r.cause }

var (
	notFromSlack = words{"Something is missing here",
		"This page finishes an installation that Slack has sent you back from, and what Slack sends along is not there. Please begin once more."}
	foreign = words{"This browser did not begin the installation",
		"To keep everybody safe, an installation has to end in the browser that it began in. If this is that browser, it keeps no cookies, or began another installation meanwhile. Please begin once more; it takes a minute."}
	tooLate = words{"That took a little too long",
		"An installation has ten minutes, and this one is older. Nothing has happened; please begin once more."}
	usedBefore = words{"This installation is finished already",
		"If SLA Buddy has greeted you, all is well and you can close this page. Otherwise please begin once more."}
	codeUsed = words{"Slack's permission has been used, or is too old",
		"Slack gives a permission that works once, within ten minutes. If SLA Buddy has greeted you, all is well. Otherwise please begin once more."}
	denied = words{"No harm done",
		"You have chosen not to install SLA Buddy, and nothing has changed. If your workspace wants an admin to agree first, ask one, and come back."}
	slackRefused = words{"Slack did not agree",
		"Slack has turned the installation down, and nothing has changed. Whoever runs SLA Buddy finds the reason in its log."}
	slackAway = words{"Slack does not answer just now",
		"Nothing has been installed. Please begin once more in a minute."}
	ourTrouble = words{"SLA Buddy cannot write this down just now",
		"Its database is out of reach, and nothing has been installed. Please begin once more in a minute; whoever runs SLA Buddy finds the reason in its log."}
	orgWide = words{"One workspace at a time, please",
		"This would install SLA Buddy in a whole organisation, which it does not know how to look after. Nothing has been installed. Please begin once more and choose a single workspace."}
	rotating = words{"The app's tokens would run out",
		"The Slack app has token rotation switched on, and Slack does not let anybody switch it off again. Nothing has been installed. Whoever runs SLA Buddy can make a new app with `slabuddy manifest`, which leaves it off."}
	scopesLack = words{"SLA Buddy was given too little to work with",
		"Nothing has been installed. Whoever runs SLA Buddy can bring the app up to date with `slabuddy manifest`; then please begin once more."}
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
)

// pages writes the two pages there are. They load nothing, and their policy lets nothing be loaded.
type pages struct {
	page   *template.Template
	policy string
	log    *slog.Logger
}

func newPages(log *slog.Logger) (*pages, error) {
	page, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(pageCSS))
	return &pages{
		page: page, log: log,
		policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	}, nil
}

type view struct {
	CSS         template.CSS
	Title, Text string
	Workspace   string // set on the page that welcomes
	Open        string // Slack's address
}

func (p *pages) welcome(w http.ResponseWriter, i setup.Installation, open string) {
	name := i.Name
	if name == "" {
		name = i.Workspace
	}
	p.write(w, http.StatusOK, view{Title: "SLA Buddy is in " + name, Workspace: name, Open: open})
}

func (p *pages) refusal(w http.ResponseWriter, r refusal) {
	p.write(w, r.status, view{Title: r.words.title, Text: r.words.text})
}

func (p *pages) write(w http.ResponseWriter, status int, v view) {
	v.CSS = template.CSS(pageCSS)
	var body bytes.Buffer
	if err := p.page.Execute(&body, v); err != nil {
		p.log.Error("the page about an installation cannot be made", "error", err)
		http.Error(w, v.Title, status)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", p.policy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}
