// Package google reads events from a Google Calendar.
package google

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	gcal "google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"
	"google.golang.org/api/option/internaloption"
	htransport "google.golang.org/api/transport/http"

	"github.com/slabuddy/slabuddy/calendar"
)

// fields are the parts of the answer that are asked for: nothing is read that is not used.
const fields = googleapi.Field("nextPageToken,timeZone,items(summary,start,end,status,transparency,visibility,eventType," +
	"attendees(email,resource,optional,responseStatus),organizer(email),creator(email))")

// Config says which calendar to read, and as whom.
type Config struct {
	CalendarID      string         // calendar.id
	CredentialsFile string         // GOOGLE_APPLICATION_CREDENTIALS: the path of a service account's JSON key
	APIKey          string         // GOOGLE_API_KEY: reads public calendars only, and is used only without credentials
	URL             string         // GOOGLE_CALENDAR_URL: replaces https://www.googleapis.com, and needs neither of the two
	Zone            *time.Location // of all-day events if the calendar's own zone is unknown; nil: UTC
	Log             *slog.Logger
}

// Calendar is one Google Calendar. It implements [calendar.Source].
type Calendar struct {
	id      string
	reader  reader
	events  *gcal.EventsService
	timeOut time.Duration // of one reading with all its pages, the fetching of an access token included
	zone    *time.Location
	oddZone sync.Once // the calendar's zone was found unknown, and that was logged
	log     *slog.Logger
}

// reader is as whom the calendar is read.
type reader struct {
	account string // a service account's e-mail, if that is what the credentials are
	key     string // the API key
}

// New makes a client. It asks nothing of Google yet; its errors are of the configuration.
func New(ctx context.Context, c Config) (*Calendar, error) {
	options, reader, err := c.options()
	if err != nil {
		return nil, err
	}
	service, err := serviceOf(ctx, options)
	if err != nil {
		return nil, errors.New(reader.scrub(fmt.Sprintf("the Google Calendar client could not be set up: %v", err)))
	}
	return &Calendar{
		id: c.CalendarID, reader: reader, events: service.Events, timeOut: 10 * time.Second,
		zone: cmp.Or(c.Zone, time.UTC), log: c.Log,
	}, nil
}

// serviceOf follows no redirect: the key, or the token, is put on every request, so it would go along (rule 29).
func serviceOf(ctx context.Context, options []option.ClientOption) (*gcal.Service, error) {
	client, _, err := htransport.NewClient(ctx, append(options, internaloption.EnableNewAuthLibrary())...)
	if err != nil {
		return nil, err
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client.Transport = bounded{client.Transport}
	return gcal.NewService(ctx, append(options, option.WithHTTPClient(client))...)
}

const (
	maxAnswer = 16 << 20 // bytes; a full page, each event with a hundred guests, stays well below
	maxPages  = 100      // of 250 events, as Google has them by default
)

// bounded ends answers that are longer than any of Google's.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		resp.Body = http.MaxBytesReader(nil, resp.Body, maxAnswer)
	}
	return resp, err
}

// errTooLong is an answer without an end.
var errTooLong = fmt.Errorf("it is longer than %d MiB, or has more than %d pages", maxAnswer>>20, maxPages)

func (c Config) options() ([]option.ClientOption, reader, error) {
	options := []option.ClientOption{option.WithTelemetryDisabled(), option.WithUserAgent("slabuddy")}
	if c.URL != "" {
		u, err := url.Parse(c.URL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, reader{}, errors.New("GOOGLE_CALENDAR_URL is not a URL; write it as https://www.googleapis.com")
		}
		// Without the last slash the client would drop "v3".
		options = append(options, option.WithEndpoint(strings.TrimRight(c.URL, "/")+"/calendar/v3/"))
	}
	switch {
	case c.CredentialsFile != "":
		credentials, account, err := readCredentials(c.CredentialsFile)
		return append(options, credentials, option.WithScopes(gcal.CalendarEventsReadonlyScope)), reader{account: account}, err
	case c.APIKey != "":
		return append(options, option.WithAPIKey(c.APIKey)), reader{key: c.APIKey}, nil
	case c.URL != "":
		return append(options, option.WithoutAuthentication()), reader{}, nil
	default:
		return nil, reader{}, errors.New("to read the calendar, set GOOGLE_APPLICATION_CREDENTIALS to the path of a service account's " +
			"JSON key, or, for a public calendar, GOOGLE_API_KEY")
	}
}

func readCredentials(file string) (option.ClientOption, string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, "", fmt.Errorf("GOOGLE_APPLICATION_CREDENTIALS cannot be read: %w", err)
	}
	var key struct {
		Type  string `json:"type"`
		Email string `json:"client_email"`
	}
	if err := json.Unmarshal(text, &key); err != nil || key.Type == "" {
		return nil, "", fmt.Errorf("GOOGLE_APPLICATION_CREDENTIALS: %s is not the JSON key of a service account; "+
			"make one in Google Cloud under IAM, Service accounts, Keys", file)
	}
	return option.WithAuthCredentialsJSON(option.CredentialsType(key.Type), text), key.Email, nil
}

// Events returns the events that overlap the time from until to, within ten seconds or not at all.
// Its errors say what to do; none contains the key.
func (c *Calendar) Events(ctx context.Context, from, to time.Time) ([]calendar.Event, error) {
	var all []calendar.Event
	err := c.pages(ctx, fields, from, to, func(p *gcal.Events) { all = append(all, c.understood(p)...) })
	if err != nil {
		return nil, err
	}
	return all, nil
}

// pages reads the fields of all events that overlap the time from until to.
func (c *Calendar) pages(ctx context.Context, fields googleapi.Field, from, to time.Time, read func(*gcal.Events)) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeOut)
	defer cancel()
	call := c.events.List(c.id).SingleEvents(true).Fields(fields).
		TimeMin(from.Format(time.RFC3339)).TimeMax(to.Format(time.RFC3339))
	n := 0
	err := call.Pages(ctx, func(p *gcal.Events) error {
		if n++; n > maxPages {
			return errTooLong
		}
		read(p)
		return nil
	})
	if errors.As(err, new(*http.MaxBytesError)) {
		err = errTooLong
	}
	if err != nil {
		return c.explain(ctx, err)
	}
	return nil
}

// zoneOf is the calendar's own zone, as an answer has it.
func (c *Calendar) zoneOf(p *gcal.Events) *time.Location {
	zone, ok := zoneNamed(p.TimeZone)
	if !ok {
		zone = c.zone
		c.oddZone.Do(func() {
			c.log.Warn("the calendar's own time zone is unknown; its all-day events are taken to be in another one",
				"unknown", c.reader.scrub(p.TimeZone), "taken", zone)
		})
	}
	return zone
}

// understood are the events of a page, without those that were cancelled. What cannot be understood is
// logged and costs no other event.
func (c *Calendar) understood(p *gcal.Events) []calendar.Event {
	zone := c.zoneOf(p)
	var events []calendar.Event
	for _, item := range p.Items {
		if item != nil && item.Status == "cancelled" { // of a recurring event, Google may send nothing but that
			continue
		}
		event, err := convert(item, zone)
		if err != nil {
			c.log.Warn("a calendar event cannot be understood, and counts for nothing", "error", err)
			continue
		}
		events = append(events, event)
	}
	return events
}

// zoneNamed is the zone of an IANA name. "Local" is none: it would be this machine's.
func zoneNamed(name string) (*time.Location, bool) {
	zone, err := time.LoadLocation(name)
	return zone, err == nil && name != "" && name != "Local"
}
