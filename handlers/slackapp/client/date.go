package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/slack-go/slack"
)

// ErrNoDate says that Slack answers, and does not say what time it is.
var ErrNoDate = errors.New("Slack's answer bears no date")

// Date asks Slack what time it is, in whole seconds. It takes no token (docs.slack.dev/reference/methods/api.test).
// url is as in Config.
func Date(ctx context.Context, url string) (time.Time, error) {
	if url == "" {
		url = slack.APIURL
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"api.test", nil)
	if err != nil {
		return time.Time{}, err
	}
	c := newClient(1)
	defer c.CloseIdleConnections()
	resp, err := c.Do(req)
	if err != nil {
		return time.Time{}, fmt.Errorf("ask Slack what time it is: %w", err)
	}
	defer resp.Body.Close()
	at, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return time.Time{}, ErrNoDate
	}
	return at, nil
}
