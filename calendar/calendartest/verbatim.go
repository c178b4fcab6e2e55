package calendartest

import (
	"net/http"
)

// Verbatim answers every list with these items of a calendar whose zone is called so, as they are:
// unexpanded, unfiltered and unchecked, with what the request's fields select of them. It shows a
// client what no calendar of the simulation holds, such as a zone that does not exist.
func Verbatim(zone string, items ...Event) Fault {
	return func(w http.ResponseWriter, r *http.Request) bool {
		var fields mask
		if text := r.URL.Query().Get("fields"); text != "" {
			var refused *Error
			if fields, refused = parseMask(text); refused != nil {
				refused.Write(w)
				return true
			}
		}
		body, err := fields.apply(events{Kind: "calendar#events", TimeZone: zone, AccessRole: "reader", Items: items})
		if err != nil {
			BackendError().Write(w)
			return true
		}
		writeJSON(w, http.StatusOK, body)
		return true
	}
}
