"""Quotas of services.

Gap in moto: it knows those of VPCs alone. Here an account has AWS's own defaults, but for Fargate, whose 6 vCPU a new account has raised for
it as it is used.
"""

from typing import Any

from moto.servicequotas.models import ServiceQuotasBackend

#: Name and value by service and quota code: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
_QUOTAS = {
    ("fargate", "L-3032A538"): ("AWS Fargate", "Fargate On-Demand vCPU resource count", 4000.0),
    ("fargate", "L-36FBB829"): ("AWS Fargate", "Fargate Spot vCPU resource count", 4000.0),
    ("ecs", "L-9EF96962"): ("Amazon Elastic Container Service (Amazon ECS)", "Services per cluster", 5000.0),
    ("AWSCloudMap", "L-D95E8A57"): ("AWS Cloud Map", "Instances per namespace", 2000.0),
}


def install() -> None:
    known = ServiceQuotasBackend.get_service_quota

    def get_service_quota(self: ServiceQuotasBackend, service_code: str, quota_code: str) -> dict[str, Any]:
        found = _QUOTAS.get((service_code, quota_code))
        if found is None:
            return known(self, service_code, quota_code)
        service, name, value = found
        return {
            "ServiceCode": service_code,
            "ServiceName": service,
            "QuotaArn": f"arn:aws:servicequotas:{self.region_name}:{self.account_id}:{service_code}/{quota_code}",
            "QuotaCode": quota_code,
            "QuotaName": name,
            "Value": value,
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
        }

    ServiceQuotasBackend.get_service_quota = get_service_quota
