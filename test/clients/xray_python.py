"""An application with the X-Ray SDK for Python and centralised sampling. AWS_XRAY_DAEMON_ADDRESS names the agent."""
import json, time
from aws_xray_sdk.core import xray_recorder

xray_recorder.configure(service="python-xray-shop", sampling=True)
rule = None
for _ in range(300):
    decision = xray_recorder.sampler.should_trace()
    rule = decision if isinstance(decision, str) else None
    if rule:
        break
    time.sleep(0.05)
segment = xray_recorder.begin_segment("python-xray-shop", sampling=1)
sub = xray_recorder.begin_subsegment("price")
xray_recorder.end_subsegment()
xray_recorder.end_segment()
print(json.dumps({"trace": segment.trace_id, "id": segment.id, "sub": sub.id, "rule": rule}))
time.sleep(0.2)
