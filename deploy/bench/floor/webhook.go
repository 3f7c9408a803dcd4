package main

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const tolerance = 300

var (
	errUnsigned = errors.New("unsigned")
	errUnknown  = errors.New("not understood")
)

// Webhook is the provider's envelope with the fields that are kept; the rest is only validated.
type Webhook struct {
	Data struct {
		ID         string    `json:"id"`
		EventType  string    `json:"event_type"`
		OccurredAt time.Time `json:"occurred_at"`
		Payload    Payload   `json:"payload"`
	} `json:"data"`
}

// Payload is the allow-list of `call.initiated`.
type Payload struct {
	SessionID    string          `json:"call_session_id"`
	LegID        string          `json:"call_leg_id"`
	ConnectionID *string         `json:"connection_id"`
	Direction    string          `json:"direction"`
	From         string          `json:"from"`
	To           string          `json:"to"`
	StartTime    time.Time       `json:"start_time"`
	CallerName   string          `json:"caller_id_name"`
	Attestation  string          `json:"shaken_stir_attestation"`
	Validated    *bool           `json:"shaken_stir_validated"`
	Screening    json.RawMessage `json:"call_screening_result"`
}

// Started is the fact, and Envelope what carries it: the same fields as the platform's own.
type Started struct {
	SessionID    string    `json:"session_id"`
	LegID        string    `json:"leg_id"`
	OccurredAt   time.Time `json:"occurred_at"`
	Direction    string    `json:"direction"`
	StartedAt    time.Time `json:"started_at"`
	Line         *string   `json:"line"`
	ConnectionID *string   `json:"connection_id"`
	Party        *string   `json:"party"`
	PartyKind    string    `json:"party_kind"`
	Subject      *string   `json:"subject"`
	CallerName   *string   `json:"caller_name"`
	Attestation  *string   `json:"attestation"`
	Screening    *string   `json:"screening"`
}

type Envelope struct {
	SpecVersion     string    `json:"specversion"`
	ID              string    `json:"id"`
	Source          string    `json:"source"`
	Type            string    `json:"type"`
	Time            time.Time `json:"time"`
	Subject         string    `json:"subject"`
	TenantID        string    `json:"tenantid"`
	DataSchema      string    `json:"dataschema"`
	DataContentType string    `json:"datacontenttype"`
	Data            Started   `json:"data"`
}

// Judge knows one account's key and one tenant.
type Judge struct {
	public  ed25519.PublicKey
	tenant  string
	numbers map[string]bool
	lookup  []byte
}

func newJudge(config Config) (*Judge, error) {
	public, err := decoded(config.PublicKey, ed25519.PublicKeySize)
	if err != nil {
		return nil, err
	}
	lookup, err := decoded(config.LookupKey, 32)
	if err != nil {
		return nil, err
	}
	numbers := map[string]bool{}
	for _, number := range config.Numbers {
		numbers[number] = true
	}
	return &Judge{public, config.Tenant, numbers, lookup}, nil
}

// verify checks Ed25519 over `timestamp|raw body`, and the age of the timestamp.
func (j *Judge) verify(header http.Header, body []byte, now time.Time) error {
	signatures, stamps := header["Telnyx-Signature-Ed25519"], header["Telnyx-Timestamp"]
	if len(signatures) != 1 || len(stamps) != 1 {
		return errUnsigned
	}
	signature, err := decoded(signatures[0], ed25519.SignatureSize)
	if err != nil {
		return errUnsigned
	}
	seconds, err := strconv.ParseInt(stamps[0], 10, 64)
	if err != nil || now.Unix()-seconds > tolerance || seconds-now.Unix() > tolerance {
		return errUnsigned
	}
	message := make([]byte, 0, len(stamps[0])+1+len(body))
	message = append(append(append(message, stamps[0]...), '|'), body...)
	if !ed25519.Verify(j.public, message, signature) {
		return errUnsigned
	}
	return nil
}

// judge turns a verified body into the record: its key, its value, the event's id.
func (j *Judge) judge(body []byte, now time.Time) (key, value []byte, id string, err error) {
	var webhook Webhook
	if err := json.Unmarshal(body, &webhook); err != nil {
		return nil, nil, "", errUnknown
	}
	data, payload := &webhook.Data, &webhook.Data.Payload
	if data.EventType != "call.initiated" || !identifier(data.ID) || !identifier(payload.SessionID) ||
		!identifier(payload.LegID) || payload.Direction != "incoming" || data.OccurredAt.IsZero() {
		return nil, nil, "", errUnknown
	}
	line := e164(payload.To)
	if line == nil || !j.numbers[*line] {
		return nil, nil, "", errUnknown
	}
	envelope := Envelope{
		SpecVersion: "1.0", ID: data.ID, Source: "ingest", Type: "call.started", Time: now.UTC(),
		Subject: payload.SessionID, TenantID: j.tenant,
		DataSchema: "urn:intnet:event:call.started:v1", DataContentType: "application/json",
		Data: j.started(webhook, line),
	}
	value, err = json.Marshal(&envelope)
	return []byte(j.tenant + ":" + payload.SessionID), value, data.ID, err
}

func (j *Judge) started(webhook Webhook, line *string) Started {
	payload := webhook.Data.Payload
	party, kind := e164(payload.From), "number"
	if party == nil {
		kind = "text"
		if strings.EqualFold(payload.From, "anonymous") || payload.From == "" {
			kind = "withheld"
		}
	}
	started := payload.StartTime
	if started.IsZero() {
		started = webhook.Data.OccurredAt
	}
	fact := Started{
		SessionID: payload.SessionID, LegID: payload.LegID, Direction: payload.Direction,
		OccurredAt: webhook.Data.OccurredAt.UTC(), StartedAt: started.UTC(), Line: line,
		ConnectionID: payload.ConnectionID, Party: party, PartyKind: kind,
		Attestation: attestation(payload), Screening: screening(payload.Screening),
	}
	if party != nil {
		fact.Subject = j.code(*party)
	}
	if kind != "withheld" {
		fact.CallerName = callerName(payload.CallerName, payload.From)
	}
	return fact
}

// code is the keyed code of a text: HMAC-SHA256, its first 16 bytes in hex.
func (j *Judge) code(text string) *string {
	sum := hmac.New(sha256.New, j.lookup)
	sum.Write([]byte(text))
	code := hex.EncodeToString(sum.Sum(nil)[:16])
	return &code
}

func identifier(text string) bool {
	if len(text) == 0 || len(text) > 128 {
		return false
	}
	for i := range len(text) {
		if text[i] < 0x21 || text[i] > 0x7e {
			return false
		}
	}
	return true
}

var formatting = strings.NewReplacer(" ", "", "-", "", ".", "", "(", "", ")", "")

// e164 takes the shape for the number: the platform also asks the number plan.
func e164(text string) *string {
	number := formatting.Replace(text)
	if len(number) < 9 || len(number) > 16 || number[0] != '+' {
		return nil
	}
	for _, digit := range number[1:] {
		if digit < '0' || digit > '9' {
			return nil
		}
	}
	return &number
}

var (
	place  = regexp.MustCompile(`^(?i:[^,]+, ?[A-Z]{2}(?:,? (?:US|USA|CAN))?)$|^[A-Z][A-Z .'-]* [A-Z]{2}$`)
	noName = map[string]bool{
		"anonymous": true, "private": true, "restricted": true, "unavailable": true,
		"unknown": true, "unknown caller": true, "wireless caller": true, "withheld": true,
	}
)

func callerName(text, number string) *string {
	name := strings.Join(strings.Fields(text), " ")
	letters, digits := 0, 0
	for _, char := range name {
		switch {
		case char >= '0' && char <= '9':
			digits++
		case char >= 'A':
			letters++
		}
	}
	if letters == 0 || digits >= 7 || name == number || noName[strings.ToLower(name)] ||
		place.MatchString(name) {
		return nil
	}
	return &name
}

func attestation(payload Payload) *string {
	level := strings.ToUpper(payload.Attestation)
	if level != "A" && level != "B" && level != "C" {
		return nil
	}
	if payload.Validated != nil && !*payload.Validated {
		level = "failed"
	}
	return &level
}

func screening(raw json.RawMessage) *string {
	var verdict string
	if len(raw) == 0 || json.Unmarshal(raw, &verdict) != nil || verdict == "" {
		return nil
	}
	verdict = strings.ToLower(strings.TrimSpace(verdict))
	return &verdict
}
