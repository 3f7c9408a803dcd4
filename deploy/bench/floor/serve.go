package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	mostBody    = 256 * 1024
	remembered  = 100_000
	produceTime = 800 * time.Millisecond
)

// memory holds the last ids, so that a repetition ends at the door.
type memory struct {
	lock sync.Mutex
	ids  map[string]struct{}
	ring []string
	next int
}

func (m *memory) has(id string) bool {
	m.lock.Lock()
	defer m.lock.Unlock()
	_, known := m.ids[id]
	return known
}

func (m *memory) add(id string) {
	m.lock.Lock()
	defer m.lock.Unlock()
	delete(m.ids, m.ring[m.next])
	m.ids[id], m.ring[m.next] = struct{}{}, id
	m.next = (m.next + 1) % len(m.ring)
}

type door struct {
	judge  *Judge
	client *kgo.Client
	topic  string
	memory *memory
}

func (d *door) ServeHTTP(answer http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(answer, request.Body, mostBody))
	if err != nil {
		answer.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	answer.WriteHeader(d.take(request.Context(), request.Header, body))
}

func (d *door) take(ctx context.Context, header http.Header, body []byte) int {
	now := time.Now()
	if d.judge.verify(header, body, now) != nil {
		return http.StatusUnauthorized
	}
	key, value, id, err := d.judge.judge(body, now)
	if err != nil {
		return http.StatusUnprocessableEntity
	}
	if d.memory.has(id) {
		return http.StatusOK
	}
	ctx, cancel := context.WithTimeout(ctx, produceTime)
	defer cancel()
	record := &kgo.Record{Topic: d.topic, Key: key, Value: value}
	if d.client.ProduceSync(ctx, record).FirstErr() != nil {
		return http.StatusServiceUnavailable
	}
	d.memory.add(id)
	return http.StatusOK
}

func serve(config Config) error {
	judge, err := newJudge(config)
	if err != nil {
		return err
	}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(config.Kafka),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.ProducerLinger(0),
		kgo.ProducerBatchCompression(kgo.NoCompression()),
	)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.Ping(context.Background()); err != nil {
		return err
	}
	known := &memory{ids: map[string]struct{}{}, ring: make([]string, remembered)}
	mux := http.NewServeMux()
	mux.Handle("POST /webhooks/telnyx", &door{judge, client, config.Topic, known})
	return http.ListenAndServe(config.Listen, mux)
}

// judgeAll prints what becomes of each request, for the comparison with the platform's own answer.
func judgeAll(config Config, path string) error {
	judge, err := newJudge(config)
	if err != nil {
		return err
	}
	requests, err := readRequests(path)
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	for _, raw := range requests {
		request, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(raw)))
		if err != nil {
			return err
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return err
		}
		if err := out.Encode(judged(judge, request.Header, body)); err != nil {
			return err
		}
	}
	return nil
}

type verdict struct {
	Fault string          `json:"fault,omitempty"`
	Key   string          `json:"key,omitempty"`
	Value json.RawMessage `json:"value,omitempty"`
}

func judged(judge *Judge, header http.Header, body []byte) verdict {
	now := time.Now()
	if err := judge.verify(header, body, now); err != nil {
		return verdict{Fault: err.Error()}
	}
	key, value, _, err := judge.judge(body, now)
	if err != nil {
		return verdict{Fault: errors.Join(err).Error()}
	}
	return verdict{Key: string(key), Value: value}
}
