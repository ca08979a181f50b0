// A scripted gRPC peer on grpc-go; README.md in the folder above says what it is told and what it answers.
package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	_ "google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

type step struct {
	Do       string      `json:"do"`
	Base64   string      `json:"base64"`
	Bytes    int         `json:"bytes"`
	Seed     int         `json:"seed"`
	Count    int         `json:"count"`
	Code     int         `json:"code"`
	Message  string      `json:"message"`
	Metadata [][2]string `json:"metadata"`
	Text     string      `json:"text"`
}

type call struct {
	Name              string      `json:"name"`
	Path              string      `json:"path"`
	Channel           string      `json:"channel"`
	Metadata          [][2]string `json:"metadata"`
	WorkerCompression string      `json:"workerCompression"`
	HostCompression   string      `json:"hostCompression"`
	Worker            []step      `json:"worker"`
	Host              []step      `json:"host"`
}

type script struct {
	Parallel bool   `json:"parallel"`
	Calls    []call `json:"calls"`
}

type report struct {
	Call      string      `json:"call"`
	Path      string      `json:"path,omitempty"`
	Messages  [][2]any    `json:"messages"`
	Metadata  [][2]string `json:"metadata"`
	Trailers  [][2]string `json:"trailers"`
	Status    *statusLine `json:"status,omitempty"`
	Cancelled *bool       `json:"cancelled,omitempty"`
}

type statusLine struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// Bytes pass as they are; the name makes the content type "application/grpc+proto".
type rawCodec struct{}

func (rawCodec) Name() string                    { return "proto" }
func (rawCodec) Marshal(v any) ([]byte, error)   { return *v.(*[]byte), nil }
func (rawCodec) Unmarshal(d []byte, v any) error { *v.(*[]byte) = append([]byte{}, d...); return nil }

// What one side of a call has received.
type inbox struct {
	mutex    sync.Mutex
	changed  *sync.Cond
	messages [][2]any
	awaited  int
	isEnded  bool
	err      error
}

func newInbox() *inbox {
	box := &inbox{messages: [][2]any{}}
	box.changed = sync.NewCond(&box.mutex)
	return box
}

func (box *inbox) read(receive func(any) error) {
	for {
		var message []byte
		err := receive(&message)
		box.mutex.Lock()
		if err != nil {
			box.isEnded = true
			box.err = err
		} else {
			sum := sha256.Sum256(message)
			box.messages = append(box.messages, [2]any{len(message), hex.EncodeToString(sum[:])})
		}
		box.changed.Broadcast()
		box.mutex.Unlock()
		if err != nil {
			return
		}
	}
}

// Waits for so many messages more; false where the other side ended before.
func (box *inbox) receive(count int) bool {
	box.mutex.Lock()
	defer box.mutex.Unlock()
	box.awaited += count
	for len(box.messages) < box.awaited && !box.isEnded {
		box.changed.Wait()
	}
	return len(box.messages) >= box.awaited
}

func (box *inbox) awaitEnd() error {
	box.mutex.Lock()
	defer box.mutex.Unlock()
	for !box.isEnded {
		box.changed.Wait()
	}
	return box.err
}

var output sync.Mutex

func say(value any) {
	line, _ := json.Marshal(value)
	output.Lock()
	defer output.Unlock()
	fmt.Println(string(line))
}

func content(one step) []byte {
	head, _ := base64.StdEncoding.DecodeString(one.Base64)
	message := make([]byte, len(head)+one.Bytes)
	copy(message, head)
	tail := message[len(head):]
	for i := 0; i < len(tail) && i < 65521; i++ {
		tail[i] = byte(i*7 + (i>>8)*13 + one.Seed)
	}
	for at := 65521; at < len(tail); at *= 2 {
		copy(tail[at:], tail[:at])
	}
	return message
}

func toMetadata(pairs [][2]string) metadata.MD {
	md := metadata.MD{}
	for _, pair := range pairs {
		value := pair[1]
		if strings.HasSuffix(pair[0], "-bin") {
			decoded, _ := base64.StdEncoding.DecodeString(value)
			value = string(decoded)
		}
		md.Append(pair[0], value)
	}
	return md
}

func fromMetadata(md metadata.MD) [][2]string {
	pairs := [][2]string{}
	for key, values := range md {
		for _, value := range values {
			if strings.HasSuffix(key, "-bin") {
				value = base64.StdEncoding.EncodeToString([]byte(value))
			}
			if strings.HasPrefix(key, "x-") {
				pairs = append(pairs, [2]string{key, value})
			}
		}
	}
	sort.SliceStable(pairs, func(a, b int) bool { return pairs[a][0] < pairs[b][0] })
	return pairs
}

func host(calls script) {
	scripts := map[string]call{}
	paths := map[string]bool{}
	for _, one := range calls.Calls {
		if one.Host != nil {
			scripts[one.Name] = one
			paths[one.Path] = true
		}
	}
	var server *grpc.Server
	handle := func(_ any, stream grpc.ServerStream) error {
		path, _ := grpc.MethodFromServerStream(stream)
		if !paths[path] {
			return status.Error(codes.Unimplemented, "unknown method "+path)
		}
		md, _ := metadata.FromIncomingContext(stream.Context())
		return answer(server, stream, path, md, scripts[strings.Join(md["x-call"], "")])
	}
	server = grpc.NewServer(
		grpc.ForceServerCodec(rawCodec{}), grpc.UnknownServiceHandler(handle), grpc.MaxRecvMsgSize(math.MaxInt32))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	say(map[string]int{"port": listener.Addr().(*net.TCPAddr).Port})
	go func() { _ = server.Serve(listener) }()
	_, _ = io.Copy(io.Discard, os.Stdin)
	server.Stop()
}

func answer(server *grpc.Server, stream grpc.ServerStream, path string, md metadata.MD, one call) error {
	if one.HostCompression != "" {
		_ = grpc.SetSendCompressor(stream.Context(), one.HostCompression)
	}
	box := newInbox()
	go box.read(stream.RecvMsg)
	var result error
	for _, next := range one.Host {
		isGoing := true
		switch next.Do {
		case "metadata":
			_ = stream.SendHeader(toMetadata(next.Metadata))
		case "send":
			message := content(next)
			isGoing = stream.SendMsg(&message) == nil
		case "receive":
			isGoing = box.receive(next.Count)
		case "await-end":
			isGoing = box.awaitEnd() == io.EOF
		case "say":
			say(map[string]string{"said": next.Text})
		case "sleep":
			time.Sleep(time.Duration(next.Count) * time.Millisecond)
		case "stop":
			go server.GracefulStop()
		case "status":
			stream.SetTrailer(toMetadata(next.Metadata))
			result = status.Error(codes.Code(next.Code), next.Message)
		default:
			panic("no step of a host: " + next.Do)
		}
		if !isGoing {
			break
		}
	}
	box.mutex.Lock()
	defer box.mutex.Unlock()
	isCancelled := stream.Context().Err() != nil
	say(report{Call: one.Name, Path: path, Messages: box.messages, Metadata: fromMetadata(md),
		Trailers: [][2]string{}, Cancelled: &isCancelled})
	return result
}

func worker(calls script, address string) {
	channels := map[string]*grpc.ClientConn{}
	var running sync.WaitGroup
	for _, one := range calls.Calls {
		channel, isThere := channels[one.Channel]
		if !isThere {
			opened, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()),
				grpc.WithDefaultCallOptions(grpc.ForceCodec(rawCodec{}), grpc.MaxCallRecvMsgSize(math.MaxInt32)))
			if err != nil {
				panic(err)
			}
			channel = opened
			channels[one.Channel] = channel
		}
		if calls.Parallel {
			running.Add(1)
			go func() { defer running.Done(); ask(channel, one) }()
		} else {
			ask(channel, one)
		}
	}
	running.Wait()
	for _, channel := range channels {
		_ = channel.Close()
	}
}

func ask(channel *grpc.ClientConn, one call) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	md := toMetadata(one.Metadata)
	md.Set("x-call", one.Name)
	options := []grpc.CallOption{}
	if one.WorkerCompression != "" {
		options = append(options, grpc.UseCompressor(one.WorkerCompression))
	}
	description := &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}
	stream, err := channel.NewStream(metadata.NewOutgoingContext(ctx, md), description, one.Path, options...)
	if err != nil {
		finish(one, newInbox(), nil, nil, err)
		return
	}
	box := newInbox()
	go box.read(stream.RecvMsg)
	for _, next := range one.Worker {
		isGoing := true
		switch next.Do {
		case "send":
			message := content(next)
			isGoing = stream.SendMsg(&message) == nil
		case "receive":
			isGoing = box.receive(next.Count)
		case "half-close":
			_ = stream.CloseSend()
		case "cancel":
			cancel()
		case "say":
			say(map[string]string{"said": next.Text})
		case "sleep":
			time.Sleep(time.Duration(next.Count) * time.Millisecond)
		default:
			panic("no step of a worker: " + next.Do)
		}
		if !isGoing {
			break
		}
	}
	err = box.awaitEnd()
	if err == io.EOF {
		err = nil
	}
	header, _ := stream.Header()
	finish(one, box, header, stream.Trailer(), err)
}

func finish(one call, box *inbox, header metadata.MD, trailer metadata.MD, err error) {
	end := status.Convert(err)
	say(report{Call: one.Name, Messages: box.messages, Metadata: fromMetadata(header), Trailers: fromMetadata(trailer),
		Status: &statusLine{int(end.Code()), end.Message()}})
}

func main() {
	if slices.Contains(os.Args, "--functions-uri") {
		runFunctionsWorker(os.Args[1:])
		return
	}
	var calls script
	file, err := os.Open(os.Args[2])
	if err == nil {
		err = json.NewDecoder(bufio.NewReader(file)).Decode(&calls)
	}
	if err != nil {
		panic(err)
	}
	if os.Args[1] == "host" {
		host(calls)
	} else {
		worker(calls, os.Args[3])
	}
}
