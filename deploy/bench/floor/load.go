package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const patience = 30 * time.Second

// Report says what was seen: latencies in milliseconds, CPU of the loader itself in cores.
type Report struct {
	Answers map[int]int `json:"answers"`
	Seconds float64     `json:"seconds"`
	P50     float64     `json:"p50_ms"`
	P99     float64     `json:"p99_ms"`
	Most    float64     `json:"most_ms"`
	Cores   float64     `json:"cores"`
	SentNs  []int64     `json:"sent_ns,omitempty"` // open only: when each was due, by its place
}

type connection struct {
	net.Conn
	reader *bufio.Reader
}

func dial(address string) (*connection, error) {
	conn, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		return nil, err
	}
	return &connection{conn, bufio.NewReader(conn)}, nil
}

// post sends one raw request and returns the status; 0 where there was no answer.
func (c *connection) post(request []byte) (int, error) {
	_ = c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Write(request); err != nil {
		return 0, err
	}
	answer, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, err
}

type seen struct {
	lock    sync.Mutex
	answers map[int]int
	took    []time.Duration
}

func (s *seen) add(status int, took time.Duration) {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.answers[status]++
	s.took = append(s.took, took)
}

func (s *seen) report(began time.Time, sent []int64) error {
	seconds := time.Since(began).Seconds()
	slices.Sort(s.took)
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	cpu := time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
	return json.NewEncoder(os.Stdout).Encode(Report{
		Answers: s.answers, Seconds: seconds, P50: rank(s.took, 50), P99: rank(s.took, 99),
		Most: rank(s.took, 100), Cores: cpu / seconds, SentNs: sent,
	})
}

// rank is the nearest-rank percentile, in milliseconds.
func rank(sorted []time.Duration, percent int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	place := max(0, (len(sorted)*percent+99)/100-1)
	return float64(sorted[place].Nanoseconds()) / 1e6
}

// loadClosed keeps every connection busy until the time or the requests are over.
func loadClosed(target, path string, connections int, seconds float64) error {
	address, requests, err := prepared(target, path)
	if err != nil {
		return err
	}
	found := &seen{answers: map[int]int{}}
	var next atomic.Int64
	var workers sync.WaitGroup
	conns := make([]*connection, connections)
	for i := range conns {
		if conns[i], err = dial(address); err != nil {
			return err
		}
	}
	began := time.Now()
	until := began.Add(time.Duration(seconds * float64(time.Second)))
	for _, conn := range conns {
		workers.Go(func() {
			for time.Now().Before(until) {
				place := int(next.Add(1)) - 1
				if place >= len(requests) {
					return
				}
				sent := time.Now()
				status, err := conn.post(requests[place])
				found.add(status, time.Since(sent))
				if err != nil {
					return
				}
			}
		})
	}
	workers.Wait()
	return found.report(began, nil)
}

// loadOpen sends each request when it is due, whatever became of the ones before it.
func loadOpen(target, path string, rate float64) error {
	address, requests, err := prepared(target, path)
	if err != nil {
		return err
	}
	found := &seen{answers: map[int]int{}}
	idle := &pool{address: address}
	sent := make([]int64, len(requests))
	var waiting sync.WaitGroup
	began := time.Now()
	for place, request := range requests {
		due := began.Add(time.Duration(float64(place) / rate * float64(time.Second)))
		time.Sleep(time.Until(due))
		sent[place] = due.UnixNano()
		waiting.Go(func() {
			status := idle.post(request)
			found.add(status, time.Since(due))
		})
	}
	waiting.Wait()
	return found.report(began, sent)
}

// pool gives the connection used last, so that at a low rate none is idle for long.
type pool struct {
	lock    sync.Mutex
	address string
	conns   []*connection
}

func (p *pool) post(request []byte) int {
	if conn := p.take(); conn != nil {
		if status, err := conn.post(request); err == nil {
			p.put(conn)
			return status
		}
		_ = conn.Close() // the server ends idle connections
	}
	conn, err := dial(p.address)
	if err != nil {
		return 0
	}
	status, err := conn.post(request)
	if err == nil {
		p.put(conn)
	}
	return status
}

func (p *pool) take() *connection {
	p.lock.Lock()
	defer p.lock.Unlock()
	if len(p.conns) == 0 {
		return nil
	}
	conn := p.conns[len(p.conns)-1]
	p.conns = p.conns[:len(p.conns)-1]
	return conn
}

func (p *pool) put(conn *connection) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.conns = append(p.conns, conn)
}

func prepared(target, path string) (string, [][]byte, error) {
	location, err := url.Parse(target)
	if err != nil {
		return "", nil, err
	}
	requests, err := readRequests(path)
	return location.Host, requests, err
}
