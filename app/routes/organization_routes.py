"""Organizations, their teams, invitations, usage and audit log."""

from app.controllers import audit_controller, invitation_controller, organization_controller, team_controller
from app.http import limits
from app.http.routing import Access, Route
from app.schemas.organization_schemas import (
    OrganizationChange,
    OrganizationCreate,
    OrganizationList,
    OrganizationListQuery,
    OrganizationOut,
    OwnershipTransfer,
    UsageOut,
)
from app.schemas.team_schemas import (
    AuditList,
    AuditListQuery,
    InvitationAccept,
    InvitationCreate,
    InvitationList,
    InvitationOut,
    RoleChange,
    TeamList,
    TeamListQuery,
    TeamMemberOut,
)

ANYONE, IN_PERSON = Access.ANYONE, Access.IN_PERSON
ONE = "/organizations/{slug}"
SOMEBODY = f"{ONE}/team/{{user_id}}"
INVITATIONS = f"{ONE}/invitations"

ROUTES = [
    Route("GET", "/organizations", IN_PERSON, organization_controller.list_own, "List the organizations that one works in", query=OrganizationListQuery, answers={200: OrganizationList, 304: None}, name="listOrganizations"),
    Route("POST", "/organizations", IN_PERSON, organization_controller.create, "Make an organization", OrganizationCreate, answers={201: OrganizationOut}),
    Route("GET", ONE, ANYONE, organization_controller.get, "Read an organization", answers={200: OrganizationOut, 304: None}, problems=(308,)),
    Route("PATCH", ONE, IN_PERSON, organization_controller.change, "Change or rename an organization", OrganizationChange, answers={200: OrganizationOut}, problems=(308, 412)),
    Route("DELETE", ONE, IN_PERSON, organization_controller.delete, "Delete an organization and all that it owns", answers={204: None}, problems=(308, 412)),
    Route("POST", f"{ONE}/transfer", IN_PERSON, organization_controller.transfer, "Hand the organization over", OwnershipTransfer, answers={200: OrganizationOut}, problems=(308,)),
    Route("POST", f"{ONE}/leave", IN_PERSON, organization_controller.leave, "Leave the team", answers={200: OrganizationOut}, problems=(308,)),
    Route("GET", f"{ONE}/usage", IN_PERSON, organization_controller.usage, "Read quotas and what is used of them", answers={200: UsageOut, 304: None}, problems=(308, 403), name="getUsage"),
    Route("GET", f"{ONE}/audit", IN_PERSON, audit_controller.list_entries, "Read the audit log", query=AuditListQuery, answers={200: AuditList, 304: None}, problems=(308, 403), name="listAuditEntries"),
    Route("GET", f"{ONE}/team", IN_PERSON, team_controller.list_team, "List the team", query=TeamListQuery, answers={200: TeamList, 304: None}, problems=(308, 403)),
    Route("PATCH", SOMEBODY, IN_PERSON, team_controller.change_role, "Give somebody another role", RoleChange, answers={200: TeamMemberOut}, problems=(308,)),
    Route("DELETE", SOMEBODY, IN_PERSON, team_controller.remove, "Take somebody out of the team", answers={204: None}, problems=(308,), name="removeFromTeam"),
    Route("POST", f"{SOMEBODY}/suspend", IN_PERSON, team_controller.suspend, "Suspend somebody", answers={200: TeamMemberOut}, problems=(308,), name="suspendFromTeam"),
    Route("POST", f"{SOMEBODY}/unsuspend", IN_PERSON, team_controller.unsuspend, "End a suspension", answers={200: TeamMemberOut}, problems=(308,), name="unsuspendFromTeam"),
    Route("GET", INVITATIONS, IN_PERSON, invitation_controller.list_invitations, "List open invitations", query=TeamListQuery, answers={200: InvitationList, 304: None}, problems=(308, 403)),
    Route("POST", INVITATIONS, IN_PERSON, invitation_controller.invite, "Invite somebody by mail, again if need be", InvitationCreate, answers={201: InvitationOut}, problems=(308,), limit=limits.INVITE, name="inviteToTeam"),
    Route("DELETE", f"{INVITATIONS}/{{invitation_id}}", IN_PERSON, invitation_controller.revoke, "Take an invitation back", answers={204: None}, problems=(308,)),
    Route("POST", "/invitations/accept", IN_PERSON, invitation_controller.accept, "Join the team that invited", InvitationAccept, answers={200: OrganizationOut}, problems=(410,)),
]  # fmt: skip
