package calendartest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// Error is an error as Google's APIs answer it.
type Error struct {
	Code         int
	Domain       string
	Reason       string
	Message      string
	LocationType string // "parameter" or "header"; may be empty, as Location
	Location     string
	Status       string // google.rpc.Code, where Google's front end answers for the API
	Info         string // google.rpc.ErrorInfo's reason, if there is one
}

// Google's errors, as its guide lists them or its front end answers them.
func BadRequest(parameter string) Error {
	return Error{Code: 400, Domain: "global", Reason: "badRequest", Message: "Bad Request", LocationType: "parameter", Location: parameter}
}

func TimeRangeEmpty() Error {
	return Error{Code: 400, Domain: "calendar", Reason: "timeRangeEmpty", Message: "The specified time range is empty.",
		LocationType: "parameter", Location: "timeMax"}
}

func InvalidField(name string) Error {
	return Error{Code: 400, Domain: "global", Reason: "invalidParameter", Message: "Invalid field selection " + name,
		LocationType: "parameter", Location: "fields"}
}

func InvalidKey() Error {
	return Error{Code: 400, Domain: "global", Reason: "badRequest", Message: "API key not valid. Please pass a valid API key.",
		Status: "INVALID_ARGUMENT", Info: "API_KEY_INVALID"}
}

func InvalidCredentials() Error {
	return Error{Code: 401, Domain: "global", Reason: "authError", Message: "Invalid Credentials", LocationType: "header", Location: "Authorization"}
}

func UnregisteredCaller() Error {
	return Error{Code: 403, Domain: "global", Reason: "forbidden", Status: "PERMISSION_DENIED",
		Message: "Method doesn't allow unregistered callers (callers without established identity). " +
			"Please use API Key or other form of API consumer identity to call this API."}
}

func InsufficientScope() Error {
	return Error{Code: 403, Domain: "global", Reason: "insufficientPermissions", Status: "PERMISSION_DENIED",
		Message: "Insufficient Permission", Info: "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}
}

func Forbidden() Error {
	return Error{Code: 403, Domain: "global", Reason: "forbidden", Message: "Forbidden"}
}

func APIDisabled() Error {
	return Error{Code: 403, Domain: "usageLimits", Reason: "accessNotConfigured", Status: "PERMISSION_DENIED", Info: "SERVICE_DISABLED",
		Message: "Google Calendar API has not been used in project 1234 before or it is disabled. Enable it by visiting " +
			"https://console.developers.google.com/apis/api/calendar-json.googleapis.com/overview?project=1234 then retry. " +
			"If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry."}
}

func RateLimited() Error {
	return Error{Code: 403, Domain: "usageLimits", Reason: "rateLimitExceeded", Message: "Rate Limit Exceeded"}
}

func UserRateLimited() Error {
	return Error{Code: 403, Domain: "usageLimits", Reason: "userRateLimitExceeded", Message: "User Rate Limit Exceeded"}
}

func TooManyRequests() Error {
	return Error{Code: 429, Domain: "usageLimits", Reason: "rateLimitExceeded", Message: "Rate Limit Exceeded"}
}

func NotFound() Error {
	return Error{Code: 404, Domain: "global", Reason: "notFound", Message: "Not Found"}
}

func Gone() Error {
	return Error{Code: 410, Domain: "calendar", Reason: "fullSyncRequired", Message: "Sync token is no longer valid, a full sync is required.",
		LocationType: "parameter", Location: "syncToken"}
}

func BackendError() Error {
	return Error{Code: 500, Domain: "global", Reason: "backendError", Message: "Backend Error"}
}

// notSimulated is no error of Google's: it says to whoever uses this package that it falls short.
func notSimulated(parameter string) Error {
	return Error{Code: 501, Domain: "calendartest", Reason: "notSimulated", Message: "calendartest does not simulate the parameter " + parameter,
		LocationType: "parameter", Location: parameter}
}

// Write answers with the error.
func (e Error) Write(w http.ResponseWriter) {
	type item struct {
		Domain       string `json:"domain"`
		Reason       string `json:"reason"`
		Message      string `json:"message"`
		LocationType string `json:"locationType,omitempty"`
		Location     string `json:"location,omitempty"`
	}
	type detail struct {
		Type   string `json:"@type"`
		Reason string `json:"reason"`
		Domain string `json:"domain"`
	}
	var body struct {
		Error struct {
			Errors  []item   `json:"errors"`
			Code    int      `json:"code"`
			Message string   `json:"message"`
			Status  string   `json:"status,omitempty"`
			Details []detail `json:"details,omitempty"`
		} `json:"error"`
	}
	body.Error.Errors = []item{{e.Domain, e.Reason, e.Message, e.LocationType, e.Location}}
	body.Error.Code, body.Error.Message, body.Error.Status = e.Code, e.Message, e.Status
	if e.Info != "" {
		body.Error.Details = []detail{{"type.googleapis.com/google.rpc.ErrorInfo", e.Info, "googleapis.com"}}
	}
	writeJSON(w, e.Code, body)
}

func writeJSON(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(body)
}

// notFoundPage is what Google answers for a path that belongs to no API.
func notFoundPage(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(http.StatusNotFound)
	io.WriteString(w, fmt.Sprintf("<!DOCTYPE html>\n<title>Error %d (Not Found)!!1</title>\n", http.StatusNotFound))
}
