package calendartest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

const (
	defaultPage = 250
	maxPage     = 2500
)

// events is the Events resource that events.list answers with.
type events struct {
	Kind             string     `json:"kind"`
	ETag             string     `json:"etag"`
	Summary          string     `json:"summary"`
	Description      string     `json:"description"`
	Updated          string     `json:"updated"`
	TimeZone         string     `json:"timeZone"`
	AccessRole       string     `json:"accessRole"`
	DefaultReminders []struct{} `json:"defaultReminders"`
	NextPageToken    string     `json:"nextPageToken,omitempty"`
	NextSyncToken    string     `json:"nextSyncToken,omitempty"`
	Items            []Event    `json:"items"`
}

// query is what a request asks for.
type query struct {
	timeMin, timeMax time.Time // zero: without bound
	singleEvents     bool
	showDeleted      bool
	byStart          bool
	types            []string // empty: all
	zone             *time.Location
	max              int
	page             page
	fields           mask
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who, refused := s.caller(r)
	if refused != nil {
		refused.Write(w)
		return
	}
	c, ok := s.calendars[r.PathValue("calendarId")]
	if !ok || !who.mayRead(c) {
		NotFound().Write(w)
		return
	}
	q, refused := parseQuery(r.URL.Query(), c)
	if refused != nil {
		refused.Write(w)
		return
	}
	body, err := q.fields.apply(s.answer(c, q))
	if err != nil {
		BackendError().Write(w)
		return
	}
	writeJSON(w, http.StatusOK, body)
}

func parseQuery(v url.Values, c *Calendar) (query, *Error) {
	q := query{zone: c.Zone, max: defaultPage}
	for name, values := range v {
		if refused := q.set(name, values); refused != nil {
			return q, refused
		}
	}
	if !q.timeMin.IsZero() && !q.timeMax.IsZero() && !q.timeMin.Before(q.timeMax) {
		e := TimeRangeEmpty()
		return q, &e
	}
	if q.byStart && !q.singleEvents {
		e := BadRequest("orderBy")
		return q, &e
	}
	return q, nil
}

// set takes one parameter; a value that Google would not accept, and a parameter that is not
// simulated, are refused.
func (q *query) set(name string, values []string) *Error {
	var err error
	switch value := values[0]; name {
	case "alt", "prettyPrint", "key", "quotaUser":
	case "timeMin":
		q.timeMin, err = bound(value)
	case "timeMax":
		q.timeMax, err = bound(value)
	case "singleEvents":
		q.singleEvents, err = strconv.ParseBool(value)
	case "showDeleted":
		q.showDeleted, err = strconv.ParseBool(value)
	case "eventTypes":
		q.types = values
	case "timeZone":
		q.zone, err = time.LoadLocation(value)
	case "orderBy":
		if q.byStart = value == "startTime"; !q.byStart {
			e := notSimulated("orderBy=" + value)
			return &e
		}
	case "maxResults":
		if q.max, err = strconv.Atoi(value); err == nil && q.max < 1 {
			err = fmt.Errorf("maxResults %d", q.max)
		}
	case "pageToken":
		q.page, err = parsePage(value)
	case "fields":
		var refused *Error
		q.fields, refused = parseMask(value)
		return refused
	case "syncToken":
		e := Gone()
		return &e
	default:
		e := notSimulated(name)
		return &e
	}
	if err != nil {
		e := BadRequest(name)
		return &e
	}
	return nil
}

// bound reads timeMin or timeMax: the offset is mandatory, fractions of a second are ignored.
func bound(value string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, value)
	return t.Truncate(time.Second), err
}

func (s *Server) answer(c *Calendar, q query) events {
	items := c.match(q)
	size := min(q.max, s.pageSize, maxPage)
	answer := events{
		Kind: "calendar#events", ETag: fmt.Sprintf(`"p%d"`, len(c.events)),
		Summary: c.Summary, Updated: s.now().UTC().Format("2006-01-02T15:04:05.000Z"),
		TimeZone: q.zone.String(), AccessRole: "reader",
		DefaultReminders: []struct{}{}, Items: []Event{},
	}
	from := min(q.page.from, len(items))
	if s.emptyPage && !q.page.filled {
		answer.NextPageToken = page{from: from, filled: true}.token()
		return answer
	}
	to := min(from+size, len(items))
	answer.Items = append(answer.Items, items[from:to]...)
	if to < len(items) {
		answer.NextPageToken = page{from: to}.token()
	} else {
		answer.NextSyncToken = "simulated-sync-token"
	}
	return answer
}

// match returns the calendar's events that q asks for, as a reader sees them.
func (c *Calendar) match(q query) []Event {
	type placed struct {
		Event
		start time.Time
	}
	var found []placed
	for _, e := range c.expanded(q) {
		start, err := e.Start.instant(c.Zone)
		if err != nil {
			continue
		}
		end, err := e.End.instant(c.Zone)
		switch {
		case err != nil,
			!q.timeMin.IsZero() && len(e.Recurrence) == 0 && !end.After(q.timeMin),
			!q.timeMax.IsZero() && !start.Before(q.timeMax),
			e.Status == "cancelled" && !q.showDeleted,
			len(q.types) > 0 && !slices.Contains(q.types, e.EventType):
			continue
		}
		found = append(found, placed{asReader(e).in(q.zone), start})
	}
	if q.byStart {
		slices.SortStableFunc(found, func(a, b placed) int { return a.start.Compare(b.start) })
	}
	items := make([]Event, len(found))
	for i, p := range found {
		items[i] = p.Event
	}
	return items
}

// expanded returns the calendar's events, with recurring ones as instances if singleEvents is set.
func (c *Calendar) expanded(q query) []Event {
	var all []Event
	for _, e := range c.events {
		if q.singleEvents && len(e.Recurrence) > 0 {
			if e.Status != "cancelled" {
				all = append(all, c.instances(e, q.timeMax)...)
			}
			continue
		}
		all = append(all, e)
	}
	return all
}

// asReader hides what an event marked private hides from people who may only read the calendar.
func asReader(e Event) Event {
	if e.Visibility != "private" {
		return e
	}
	e.Summary, e.Description, e.Location, e.Attendees = "", "", "", nil
	return e
}

// in writes the event's times in the response's zone.
func (e Event) in(zone *time.Location) Event {
	for _, w := range []**When{&e.Start, &e.End, &e.OriginalStartTime} {
		if *w == nil || (*w).DateTime == "" {
			continue
		}
		moved := **w
		if t, err := time.Parse(time.RFC3339, moved.DateTime); err == nil {
			moved.DateTime = t.In(zone).Format(time.RFC3339)
		}
		*w = &moved
	}
	return e
}

// page is a position in a list. Its token is opaque to clients.
type page struct {
	from   int
	filled bool // the empty page before it was sent
}

func (p page) token() string { return fmt.Sprintf("from-%d-%t", p.from, p.filled) }

func parsePage(token string) (p page, err error) {
	_, err = fmt.Sscanf(token, "from-%d-%t", &p.from, &p.filled)
	return p, err
}
