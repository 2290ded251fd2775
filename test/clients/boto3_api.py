"""Calls X-Ray's API by boto3 at the URL that the first argument gives, and prints what came back as JSON."""
import json
import secrets
import sys
import time

import boto3

xray = boto3.client(
    "xray", endpoint_url=sys.argv[1], region_name="us-west-2", aws_access_key_id="a", aws_secret_access_key="b"
)
now = int(time.time())
trace = f"1-{now:08x}-{secrets.token_hex(12)}"
segment = {"trace_id": trace, "id": secrets.token_hex(8), "name": "boto3", "start_time": now, "end_time": now + 1}
put = xray.put_trace_segments(TraceSegmentDocuments=[json.dumps(segment), "{}"])
span = {"StartTime": now - 60, "EndTime": now + 60}
summaries = xray.get_paginator("get_trace_summaries").paginate(**span, FilterExpression='service("boto3")')
graph = xray.get_service_graph(**span)
rule = {
    "RuleName": "boto3", "ResourceARN": "*", "Priority": 5, "FixedRate": 0.1, "ReservoirSize": 1, "ServiceName": "*",
    "ServiceType": "*", "Host": "*", "HTTPMethod": "*", "URLPath": "*", "Version": 1,
}
xray.create_sampling_rule(SamplingRule=rule)
xray.create_group(GroupName="boto3", FilterExpression="fault")
print(json.dumps({
    "unprocessed": [entry["ErrorCode"] for entry in put["UnprocessedTraceSegments"]],
    "found": [summary["Id"] for page in summaries for summary in page["TraceSummaries"]] == [trace],
    "document": json.loads(xray.batch_get_traces(TraceIds=[trace])["Traces"][0]["Segments"][0]["Document"]) == segment,
    "services": sorted(service["Name"] for service in graph["Services"]),
    "traceGraph": len(xray.get_trace_graph(TraceIds=[trace])["Services"]),
    "series": sum(
        one["ServiceSummaryStatistics"]["TotalCount"]
        for one in xray.get_time_series_service_statistics(**span)["TimeSeriesServiceStatistics"]
    ),
    "rules": [record["SamplingRule"]["RuleName"] for record in xray.get_sampling_rules()["SamplingRuleRecords"]],
    "groups": [group["GroupName"] for group in xray.get_groups()["Groups"]],
}))
