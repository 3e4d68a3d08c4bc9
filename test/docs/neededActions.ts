/** IAM actions by service prefix, separated by spaces or lines. */
type Actions = Readonly<Record<string, string>>;

/**
 * What lies behind every resource type and lookup of the program: the calls of the AWS provider that make, read, change, tag and remove
 * one, as its source says (https://github.com/hashicorp/terraform-provider-aws/tree/main/internal/service).
 */
export const actionsOfTypes: Readonly<Record<string, Actions>> = {
    "awsx.ec2.Vpc": {
        ec2: `
            CreateVpc DeleteVpc DescribeNetworkAcls DescribeRouteTables DescribeSecurityGroups DescribeVpcAttribute DescribeVpcs
            ModifyVpcAttribute CreateSubnet DeleteSubnet DescribeAvailabilityZones DescribeSubnets ModifySubnetAttribute
            AttachInternetGateway CreateInternetGateway DeleteInternetGateway DescribeInternetGateways DetachInternetGateway
            AssociateRouteTable CreateRoute CreateRouteTable DeleteRoute DeleteRouteTable DisassociateRouteTable ReplaceRoute
            ReplaceRouteTableAssociation AllocateAddress DescribeAddresses DescribeAddressesAttribute ReleaseAddress
            CreateNatGateway DeleteNatGateway DescribeNatGateways CreateTags DeleteTags`,
    },
    "aws.dynamodb.Table": {
        dynamodb: `
            CreateTable DeleteTable DescribeContinuousBackups DescribeTable DescribeTimeToLive ListTagsOfResource
            TagResource UntagResource UpdateContinuousBackups UpdateTable`,
    },
    "aws.ec2.SecurityGroup": {
        ec2: `
            CreateSecurityGroup DeleteSecurityGroup DescribeNetworkInterfaces DescribeSecurityGroups RevokeSecurityGroupEgress
            RevokeSecurityGroupIngress CreateTags DeleteTags`,
    },
    "aws.vpc.SecurityGroupEgressRule": {
        ec2: `
            AuthorizeSecurityGroupEgress DescribeSecurityGroupRules ModifySecurityGroupRules RevokeSecurityGroupEgress
            CreateTags DeleteTags`,
    },
    "aws.vpc.SecurityGroupIngressRule": {
        ec2: `
            AuthorizeSecurityGroupIngress DescribeSecurityGroupRules ModifySecurityGroupRules RevokeSecurityGroupIngress
            CreateTags DeleteTags`,
    },
    "aws.lb.LoadBalancer": {
        elasticloadbalancing: `
            AddTags CreateLoadBalancer DeleteLoadBalancer DescribeCapacityReservation DescribeLoadBalancerAttributes
            DescribeLoadBalancers DescribeTags ModifyLoadBalancerAttributes RemoveTags SetSecurityGroups SetSubnets`,
        // The load balancer service looks at the network in the caller's name.
        ec2: `
            DescribeAccountAttributes DescribeInternetGateways DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets
            DescribeVpcs`,
    },
    "aws.lb.Listener": {
        elasticloadbalancing: `
            AddTags CreateListener DeleteListener DescribeListenerAttributes DescribeListeners DescribeTags ModifyListener
            ModifyListenerAttributes RemoveTags`,
    },
    "aws.lb.ListenerRule": {
        elasticloadbalancing: "AddTags CreateRule DeleteRule DescribeRules DescribeTags ModifyRule RemoveTags SetRulePriorities",
    },
    "aws.lb.TargetGroup": {
        elasticloadbalancing: `
            AddTags CreateTargetGroup DeleteTargetGroup DescribeTags DescribeTargetGroupAttributes DescribeTargetGroups
            ModifyTargetGroup ModifyTargetGroupAttributes RemoveTags`,
    },
    "aws.acm.Certificate": {
        acm: `
            AddTagsToCertificate DeleteCertificate DescribeCertificate ListTagsForCertificate RemoveTagsFromCertificate
            RequestCertificate`,
    },
    "aws.acm.CertificateValidation": { acm: "DescribeCertificate" },
    "aws.route53.Record": { route53: "ChangeResourceRecordSets GetChange GetHostedZone ListResourceRecordSets" },
    "aws.route53.getZone": { route53: "GetHostedZone ListHostedZones ListTagsForResource" },
    "aws.servicediscovery.PrivateDnsNamespace": {
        servicediscovery: `
            CreatePrivateDnsNamespace DeleteNamespace GetNamespace GetOperation ListTagsForResource TagResource UntagResource
            UpdatePrivateDnsNamespace`,
        // Cloud Map keeps the zone of the namespace in the caller's name.
        ec2: "DescribeRegions DescribeVpcs",
        route53: "ChangeResourceRecordSets CreateHostedZone DeleteHostedZone GetHostedZone ListHostedZonesByName",
    },
    "aws.servicediscovery.Service": {
        servicediscovery: `
            CreateService DeleteService DeregisterInstance GetOperation GetService ListInstances ListTagsForResource TagResource
            UntagResource UpdateService`,
    },
    "aws.ecs.Cluster": { ecs: "CreateCluster DeleteCluster DescribeClusters TagResource UntagResource UpdateCluster" },
    "aws.ecs.ClusterCapacityProviders": { ecs: "DescribeClusters PutClusterCapacityProviders" },
    "aws.ecs.Service": { ecs: "CreateService DeleteService DescribeServices TagResource UntagResource UpdateService", iam: "PassRole" },
    "aws.ecs.TaskDefinition": {
        ecs: "DeregisterTaskDefinition DescribeTaskDefinition ListTagsForResource RegisterTaskDefinition TagResource UntagResource",
        iam: "PassRole",
    },
    "aws.ecr.Repository": {
        ecr: `
            CreateRepository DeleteRepository DescribeRepositories ListTagsForResource PutImageScanningConfiguration
            PutImageTagMutability TagResource UntagResource`,
    },
    "aws.ecr.LifecyclePolicy": { ecr: "DeleteLifecyclePolicy GetLifecyclePolicy PutLifecyclePolicy" },
    "aws.iam.Role": {
        iam: `
            CreateRole DeleteRole DeleteRolePolicy DetachRolePolicy GetRole GetRolePolicy ListAttachedRolePolicies
            ListInstanceProfilesForRole ListRolePolicies ListRoleTags PutRolePermissionsBoundary TagRole UntagRole
            UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription`,
    },
    "aws.iam.RolePolicy": { iam: "DeleteRolePolicy GetRolePolicy PutRolePolicy" },
    "aws.iam.Policy": {
        iam: `
            CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy GetPolicyVersion ListPolicyTags
            ListPolicyVersions SetDefaultPolicyVersion TagPolicy UntagPolicy`,
    },
    "aws.cloudwatch.LogGroup": {
        logs: `
            CreateLogGroup DeleteLogGroup DeleteRetentionPolicy DescribeLogGroups ListTagsForResource PutRetentionPolicy
            TagResource UntagResource`,
    },
    "aws.sqs.Queue": { sqs: "CreateQueue DeleteQueue GetQueueAttributes ListQueueTags SetQueueAttributes TagQueue UntagQueue" },
    "aws.s3.Bucket": {
        // It reads all that older versions of the type could set, and tags by either of two ways.
        s3: `
            CreateBucket DeleteBucket DeleteObject DeleteObjectVersion GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLocation
            GetBucketLogging GetBucketObjectLockConfiguration GetBucketPolicy GetBucketRequestPayment GetBucketTagging GetBucketVersioning
            GetBucketWebsite GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration ListBucket ListBucketVersions
            ListTagsForResource PutBucketTagging TagResource UntagResource`,
    },
    "aws.s3.BucketPublicAccessBlock": { s3: "GetBucketPublicAccessBlock PutBucketPublicAccessBlock" },
    "aws.s3.BucketVersioning": { s3: "GetBucketVersioning PutBucketVersioning" },
    "aws.s3.BucketLifecycleConfiguration": { s3: "GetLifecycleConfiguration PutLifecycleConfiguration" },
    "aws.ssm.Parameter": {
        ssm: "AddTagsToResource DeleteParameter DescribeParameters GetParameter ListTagsForResource PutParameter RemoveTagsFromResource",
    },
    "aws.ssm.getParametersByPath": { ssm: "GetParametersByPath" },
};

/** What the engine does by itself: it keeps the state, and the secrets in it. */
export const actionsOfEngine: Actions = {
    kms: "Decrypt Encrypt GenerateDataKey",
    s3: "DeleteObject GetObject ListBucket PutObject",
};

/** What the program's provider and the tool do first when the settings name a role. */
export const actionsOfRole: Actions = { sts: "AssumeRole" };

/** What `docker push` asks of ECR (https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html). */
export const actionsOfPush: Actions = {
    ecr: `
        BatchCheckLayerAvailability BatchGetImage CompleteLayerUpload GetAuthorizationToken GetDownloadUrlForLayer
        InitiateLayerUpload PutImage UploadLayerPart`,
};

/** @example spelledOut({ ecs: "CreateCluster DeleteCluster" }) gives ["ecs:CreateCluster", "ecs:DeleteCluster"] */
export function spelledOut(actions: Actions): readonly string[] {
    return Object.entries(actions).flatMap(([service, names]) =>
        names
            .trim()
            .split(/\s+/)
            .map((name) => `${service}:${name}`),
    );
}
