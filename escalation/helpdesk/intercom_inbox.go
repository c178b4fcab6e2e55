package helpdesk

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// inboxOf is where agents of the region work whose API is at base.
func inboxOf(base string) string {
	for _, region := range []string{"eu", "au"} {
		if strings.Contains(base, "//api."+region+".intercom.io") {
			return "https://app." + region + ".intercom.com"
		}
	}
	return "https://app.intercom.com"
}

// links makes addresses in the inbox. They need the workspace's code, which is asked for once; as
// long as that fails there are no links, and it is tried again every ten minutes.
func (i *intercom) links(ctx context.Context) func(id string) string {
	i.mu.Lock()
	inbox, ask := i.inbox, i.inbox == "" && !i.client.now().Before(i.nextTry)
	if ask {
		i.nextTry = i.client.now().Add(10 * time.Minute)
	}
	i.mu.Unlock()
	if ask {
		inbox = i.findInbox(ctx)
		i.mu.Lock()
		i.inbox = inbox
		i.mu.Unlock()
	}
	return func(id string) string {
		if inbox == "" {
			return ""
		}
		return inbox + id
	}
}

func (i *intercom) findInbox(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, time.Second) // nobody waits for a link
	defer cancel()
	var me struct {
		App struct {
			Code string `json:"id_code"`
		} `json:"app"`
	}
	err := i.client.do(ctx, request{path: "/me"}, func(body []byte) error { return json.Unmarshal(body, &me) })
	if code := me.App.Code; err == nil && code != "" && strings.Trim(strings.ToLower(code), "abcdefghijklmnopqrstuvwxyz0123456789_-") == "" {
		return i.inboxURL + "/a/inbox/" + code + "/inbox/conversation/"
	}
	return ""
}
