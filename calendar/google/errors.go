package google

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"cloud.google.com/go/auth"
	"google.golang.org/api/googleapi"
)

// explain says in plain words what went wrong and what to do. Its text is a new one, because the
// client's own errors carry URLs, and those the key.
func (c *Calendar) explain(ctx context.Context, err error) error {
	var answered *googleapi.Error
	var token *auth.Error
	var request *url.Error
	switch {
	case ctx.Err() == context.DeadlineExceeded:
		return fmt.Errorf("no answer from Google Calendar within %s: %w", c.timeOut, ctx.Err())
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &answered):
		return errors.New(c.reader.scrub(c.answered(answered)))
	case errors.As(err, &token):
		return errors.New(c.reader.scrub(tokenRefused(token)))
	case errors.As(err, &request):
		return errors.New(c.reader.scrub(fmt.Sprintf("Google Calendar cannot be reached: %v", request.Err)))
	default:
		return errors.New(c.reader.scrub(fmt.Sprintf("Google Calendar's answer cannot be read: %v", err)))
	}
}

// answered explains an answer that refuses; see
// https://developers.google.com/workspace/calendar/api/guides/errors.
func (c *Calendar) answered(e *googleapi.Error) string {
	var reasons []string
	for _, item := range e.Errors {
		reasons = append(reasons, item.Reason)
	}
	because := func(any ...string) bool {
		return slices.ContainsFunc(any, func(reason string) bool { return slices.Contains(reasons, reason) })
	}
	switch {
	case because("accessNotConfigured"), strings.Contains(e.Body, "SERVICE_DISABLED"):
		return "the Google Calendar API is switched off in your Google Cloud project: enable it at " +
			"https://console.cloud.google.com/apis/library/calendar-json.googleapis.com and wait a few minutes"
	case e.Code == 429, strings.Contains(e.Body, "RATE_LIMIT_EXCEEDED"), because("rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"):
		return fmt.Sprintf("Google asks for fewer requests (%d %s); the calendar is read again a little later", e.Code, strings.Join(reasons, ", "))
	case e.Code == 401, because("keyInvalid", "keyExpired"), strings.Contains(e.Body, "API_KEY_INVALID"):
		return c.reader.refused()
	case e.Code == 403:
		return fmt.Sprintf("Google does not let %s read the calendar %s: %s", c.reader, c.id, c.reader.share())
	case e.Code == 404:
		return fmt.Sprintf("Google shows %s no calendar %s: check its id, and %s", c.reader, c.id, c.reader.share())
	case e.Code >= 500:
		return fmt.Sprintf("Google Calendar has trouble of its own (%d %s); it is read again a little later", e.Code, e.Message)
	default:
		return fmt.Sprintf("Google Calendar answered %d %s (%s)", e.Code, e.Message, strings.Join(reasons, ", "))
	}
}

// tokenRefused explains why there is no access token for the service account.
func tokenRefused(e *auth.Error) string {
	if e.Temporary() {
		return fmt.Sprintf("Google's sign-in has trouble of its own (%s); the calendar is read again a little later", e.Response.Status)
	}
	var said struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	because := e.Response.Status
	if json.Unmarshal(e.Body, &said) == nil && said.Error != "" {
		because = said.Error + ": " + said.Description
	}
	return fmt.Sprintf("Google does not accept the key in GOOGLE_APPLICATION_CREDENTIALS (%s): "+
		"check this machine's clock, and whether the key was deleted; if so, make a new one", because)
}

// String names the reader in a sentence.
func (r reader) String() string {
	switch {
	case r.account != "":
		return r.account
	case r.key != "":
		return "the holder of GOOGLE_API_KEY"
	default:
		return "you"
	}
}

// share says how the calendar is made readable for the reader.
func (r reader) share() string {
	switch {
	case r.account != "":
		return fmt.Sprintf("share the calendar with %s, permission \"See all event details\"", r.account)
	case r.key != "":
		return "make the calendar public, because an API key reads no other; or use a service account (GOOGLE_APPLICATION_CREDENTIALS)"
	default:
		return "check GOOGLE_APPLICATION_CREDENTIALS and GOOGLE_CALENDAR_URL"
	}
}

func (r reader) refused() string {
	if r.key != "" {
		return "Google does not accept GOOGLE_API_KEY: check it in Google Cloud under APIs & Services, Credentials, " +
			"and that it is not restricted to other APIs or addresses"
	}
	return "Google does not accept the credentials: make a new key for the service account and set GOOGLE_APPLICATION_CREDENTIALS to its path"
}

// scrub takes the key out of a text, should anybody have put it there.
func (r reader) scrub(text string) string {
	if r.key == "" {
		return text
	}
	return strings.NewReplacer(r.key, "[key]", url.QueryEscape(r.key), "[key]").Replace(text)
}
