import { API_ROLES, type ApiRole } from '@app/hub';
import { SetMetadata } from '@nestjs/common';

/** Methods that change nothing. Spec: RFC 9110, 9.2.1 Safe Methods. */
const SAFE = ['GET', 'HEAD', 'OPTIONS'];
export const LEAST_ROLE = 'admin:least-role';

/** A call, or a whole controller, that asks for more than its method does. */
export function LeastRole(role: ApiRole): ClassDecorator & MethodDecorator {
  return SetMetadata(LEAST_ROLE, role);
}

/** Whether a request asks for a change. It goes by the method, so that no new call has to say so. */
export function isChange(method: string): boolean {
  return !SAFE.includes(method);
}

/** The role that a call asks for: to look, `viewer`; to change, `operator`; more where it says so. */
export function leastRole(method: string, asked: ApiRole = 'viewer'): ApiRole {
  const usual = isChange(method) ? 'operator' : 'viewer';
  return reaches(usual, asked) ? usual : asked;
}

/** Whether a role may do what `least` may. */
export function reaches(role: ApiRole, least: ApiRole): boolean {
  return API_ROLES.indexOf(role) >= API_ROLES.indexOf(least);
}
