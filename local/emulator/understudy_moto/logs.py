"""Reading logs. Gaps in moto: FilterLogEvents does not know `logStreamNamePrefix`, and orders events by stream instead of by time."""

import json

from moto.logs.responses import LogsResponse


def install() -> None:
    LogsResponse.filter_log_events = filter_log_events


def filter_log_events(self: LogsResponse) -> str:
    group_name = self._get_param("logGroupName")
    names = self._get_param("logStreamNames", [])
    prefix = self._get_param("logStreamNamePrefix")
    group = self.logs_backend.groups.get(group_name)
    if group and prefix is not None:
        names = [name for name in group.streams if name.startswith(prefix)]
        if not names:
            return json.dumps({"events": [], "searchedLogStreams": []})
    events, token, searched = self.logs_backend.filter_log_events(
        group_name,
        names,
        self._get_param("startTime"),
        self._get_param("endTime"),
        self._get_param("limit"),
        self._get_param("nextToken"),
        self._get_param("filterPattern"),
        True,
    )
    return json.dumps({"events": events, "nextToken": token, "searchedLogStreams": searched})
