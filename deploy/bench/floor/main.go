// What the platform is measured against, and what puts load on both.
//
//	bench serve CONFIG                          the floor: one process that does what ingest does
//	bench judge CONFIG REQUESTS                 what the floor makes of each request, a JSON line each
//	bench load  URL REQUESTS closed CONNECTIONS SECONDS
//	bench load  URL REQUESTS open   RATE
//
// REQUESTS is a file of raw HTTP requests, each after its length in four bytes (big endian).
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
)

// Config is written by the benchmark: where to listen and produce, and the one tenant's keys.
type Config struct {
	Listen    string   `json:"listen"`
	Kafka     string   `json:"kafka"`
	Topic     string   `json:"topic"`
	PublicKey string   `json:"public_key"`
	Tenant    string   `json:"tenant"`
	Numbers   []string `json:"numbers"`
	LookupKey string   `json:"lookup_key"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(words []string) error {
	switch {
	case len(words) == 2 && words[0] == "serve":
		return withConfig(words[1], serve)
	case len(words) == 3 && words[0] == "judge":
		return withConfig(words[1], func(config Config) error { return judgeAll(config, words[2]) })
	case len(words) == 6 && words[0] == "load" && words[3] == "closed":
		connections, seconds, err := twoNumbers(words[4], words[5])
		if err != nil {
			return err
		}
		return loadClosed(words[1], words[2], int(connections), seconds)
	case len(words) == 5 && words[0] == "load" && words[3] == "open":
		rate, err := strconv.ParseFloat(words[4], 64)
		if err != nil {
			return err
		}
		return loadOpen(words[1], words[2], rate)
	}
	return fmt.Errorf("usage: bench serve|judge|load ..., see main.go")
}

func withConfig(path string, use func(Config) error) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var config Config
	if err := json.Unmarshal(text, &config); err != nil {
		return err
	}
	return use(config)
}

func twoNumbers(first, second string) (float64, float64, error) {
	a, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return 0, 0, err
	}
	b, err := strconv.ParseFloat(second, 64)
	return a, b, err
}

func readRequests(path string) ([][]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var requests [][]byte
	for len(data) >= 4 {
		size := int(binary.BigEndian.Uint32(data))
		if len(data) < 4+size {
			return nil, fmt.Errorf("%s ends inside a request", path)
		}
		requests = append(requests, data[4:4+size])
		data = data[4+size:]
	}
	return requests, nil
}

func decoded(text string, size int) ([]byte, error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) != size {
		return nil, fmt.Errorf("no base64 of %d bytes", size)
	}
	return raw, nil
}
