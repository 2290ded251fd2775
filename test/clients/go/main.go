// An application with the OpenTelemetry SDK for Go. Usage: clients grpc|proto ADDRESS none|gzip
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"os"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

func ids(s trace.Span) map[string]string {
	return map[string]string{"trace": s.SpanContext().TraceID().String(), "id": s.SpanContext().SpanID().String()}
}

func main() {
	ctx := context.Background()
	protocol, address, compression := os.Args[1], os.Args[2], os.Args[3]
	var exporter *otlptrace.Exporter
	var err error
	if protocol == "grpc" {
		options := []otlptracegrpc.Option{otlptracegrpc.WithEndpoint(address), otlptracegrpc.WithInsecure()}
		if compression == "gzip" {
			options = append(options, otlptracegrpc.WithCompressor("gzip"))
		}
		exporter, err = otlptracegrpc.New(ctx, options...)
	} else {
		options := []otlptracehttp.Option{otlptracehttp.WithEndpoint(address), otlptracehttp.WithInsecure()}
		if compression == "gzip" {
			options = append(options, otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
		}
		exporter, err = otlptracehttp.New(ctx, options...)
	}
	if err != nil {
		log.Fatal(err)
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(resource.NewSchemaless(attribute.String("service.name", "go-shop"))))
	tracer := provider.Tracer("test")
	inside, root := tracer.Start(ctx, "GET /orders", trace.WithSpanKind(trace.SpanKindServer))
	_, query := tracer.Start(inside, "SELECT orders", trace.WithSpanKind(trace.SpanKindClient))
	query.End()
	_, work := tracer.Start(inside, "price")
	work.RecordError(errors.New("no price"))
	work.End()
	root.End()
	if err := provider.Shutdown(ctx); err != nil {
		log.Fatal(err)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{"root": ids(root), "children": []any{ids(query), ids(work)}})
}
