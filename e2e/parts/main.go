// Command parts runs what a Label Studio server keeps files in, for tests: an
// S3, a Google Cloud Storage and a Redis server, in memory and on loopback. It
// prints their addresses as one line of JSON and ends when its standard input
// does, so that it never outlives the tests.
//
// It is a module of its own, as nobody who uses the client needs its
// dependencies.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"

	"github.com/alicebob/miniredis/v2"
	"github.com/fsouza/fake-gcs-server/fakestorage"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "parts:", err)
		os.Exit(1)
	}
}

func run(stdin io.Reader, stdout io.Writer) error {
	// A bucket is made by the first request that names it.
	s3 := httptest.NewServer(gofakes3.New(s3mem.New(), gofakes3.WithAutoBucket(true)).Server())
	defer s3.Close()

	redis := miniredis.NewMiniRedis()
	if err := redis.Start(); err != nil {
		return err
	}
	defer redis.Close()
	keys := httptest.NewServer(redisDoor(redis))
	defer keys.Close()

	gcs, err := startGCS()
	if err != nil {
		return err
	}
	defer gcs.Stop()

	err = json.NewEncoder(stdout).Encode(map[string]string{
		"s3": s3.URL, "gcs": gcs.URL(), "redis": redis.Addr(), "redis_keys": keys.URL,
	})
	_, waited := io.Copy(io.Discard, stdin)
	return errors.Join(err, waited)
}

// startGCS starts it on a port that is chosen first, as what the emulator
// answers names its own address.
func startGCS() (*fakestorage.Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := listener.Addr().(*net.TCPAddr)
	if err := listener.Close(); err != nil {
		return nil, err
	}
	return fakestorage.NewServerWithOptions(fakestorage.Options{
		Scheme: "http", Host: "127.0.0.1", Port: uint16(address.Port), PublicHost: address.String(),
	})
}

// redisDoor lets tests put and get keys without a Redis client:
// PUT and GET /{database}/{key}.
func redisDoor(redis *miniredis.Miniredis) http.Handler {
	mux := http.NewServeMux()
	database := func(req *http.Request) *miniredis.RedisDB {
		n, _ := strconv.Atoi(req.PathValue("database")) // what is no number is database 0
		return redis.DB(n)
	}
	mux.HandleFunc("PUT /{database}/{key...}", func(w http.ResponseWriter, req *http.Request) {
		value, err := io.ReadAll(req.Body)
		if err == nil {
			err = database(req).Set(req.PathValue("key"), string(value))
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("GET /{database}/{key...}", func(w http.ResponseWriter, req *http.Request) {
		value, err := database(req).Get(req.PathValue("key"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		_, _ = io.WriteString(w, value) // a test that has gone needs no answer
	})
	return mux
}
