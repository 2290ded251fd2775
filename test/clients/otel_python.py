"""An application with the OpenTelemetry SDK for Python. Usage: otel_python.py grpc|proto URL none|gzip"""
import json, sys
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

protocol, url, compression = sys.argv[1:4]
if protocol == "grpc":
    import grpc
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    exporter = OTLPSpanExporter(endpoint=url, insecure=True, compression=grpc.Compression.Gzip if compression == "gzip" else grpc.Compression.NoCompression)
else:
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    exporter = OTLPSpanExporter(endpoint=url + "/v1/traces", compression=Compression.Gzip if compression == "gzip" else Compression.NoCompression)
provider = TracerProvider(resource=Resource.create({"service.name": "python-shop"}))
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("test")
ids = lambda span: {"trace": format(span.get_span_context().trace_id, "032x"), "id": format(span.get_span_context().span_id, "016x")}
with tracer.start_as_current_span("GET /orders", kind=trace.SpanKind.SERVER) as root:
    with tracer.start_as_current_span("SELECT orders", kind=trace.SpanKind.CLIENT) as query:
        pass
    with tracer.start_as_current_span("price") as work:
        work.record_exception(ValueError("no price"))
provider.force_flush()
provider.shutdown()
print(json.dumps({"root": ids(root), "children": [ids(query), ids(work)]}))
